"""An epoch's order as a matrix with a batch a row, and the rest."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Cut an order into batches",
    title_zh="把一个顺序切成批量",
    ask="""
order (n,) holds every index of n examples once. Cut it from the front into
pieces of batch_size. Write

  pieces(order, batch_size)    the whole batches, (batches, batch_size);
  rest(order, batch_size)      what is left at the end, fewer than
                               batch_size; maybe none, the shape (0,).

batch_size is at most n.
""",
    ask_zh="""
order (n,) 里 n 个样本的下标各出现一次。从头开始，每
batch_size 个切成一段。请写

  pieces(order, batch_size)    整批，(批量数, batch_size)；
  rest(order, batch_size)      末尾剩下的，不足 batch_size 个；
                               可能一个也没有，形状 (0,)。

batch_size 不超过 n。
""",
)
