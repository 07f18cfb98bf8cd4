"""Where a table of losses is lowest."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The lowest point of a grid",
    title_zh="网格上的最低点",
    ask="""
losses is a table of shape (m, k): a row for each of the m values ws, a
column for each of the k values bs. Write

  best(losses, ws, bs)   the pair (w, b) of the place with the lowest loss,
                         two numbers.

jnp.argmin(losses) counts through the whole table, row after row, and gives
one number; jnp.unravel_index(number, losses.shape) gives row and column.
""",
    ask_zh="""
losses 是形状 (m, k) 的表：每一行对应 ws 的 m 个值之一，每一列对应
bs 的 k 个值之一。请写出

  best(losses, ws, bs)   损失最小的那个位置上的一对 (w, b)，两个数。

jnp.argmin(losses) 按行数遍整张表，给出一个编号；
jnp.unravel_index(编号, losses.shape) 给出行号和列号。
""",
)
