"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "pieces",
    "A batch is a row: batch_size is the length of the rows, not their number.",
    "一行是一个批量：batch_size 是行的长度，不是行数。",
)
def batch_size_rows(order, batch_size):
    whole = len(order) - len(order) % batch_size
    return order[:whole].reshape(batch_size, -1)


@wrong(
    "pieces",
    "This is transposed after cutting in the wrong direction: neighbours in order must stay in "
    "one row.",
    "切的方向不对：order 里相邻的下标应当留在同一行。",
)
def every_so_many(order, batch_size):
    whole = len(order) - len(order) % batch_size
    return order[:whole].reshape(batch_size, -1).T


@wrong(
    "pieces",
    "A matrix has full rows only: cut off what does not fill a batch before the reshape.",
    "矩阵的每一行都是满的：reshape 之前，先去掉凑不满一批的部分。",
)
def with_the_rest(order, batch_size):
    return order.reshape(-1, batch_size)


@wrong(
    "rest",
    "order[-0:] is the whole array: a negative index does not work where nothing is left.",
    "order[-0:] 是整个数组：没有余数时，负下标就不对了。",
)
def from_the_end(order, batch_size):
    return order[-(len(order) % batch_size) :]


@wrong(
    "rest",
    "len(order) % batch_size says how many are left; they begin where the whole batches end.",
    "len(order) % batch_size 是剩下的个数；它们从整批结束的地方开始。",
)
def from_the_front(order, batch_size):
    return order[: len(order) % batch_size]


@wrong(
    "rest",
    "This leaves the rest out, as drop_last=True does. Here it is asked for.",
    "这样舍去了余数，如同 drop_last=True。这里要的正是它。",
)
def dropped(order, batch_size):
    return order[:0]
