"""Writing into an array, and who sees it."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Writing into an array that others hold",
    title_zh="往别人也在用的数组里写",
    ask="""
table has the shape (rows, columns), row the shape (columns,), and i is the
number of a row. Write

  add_to_row(table, i, row)   a new table of the same shape, in which row
                              has been added to row i.

The table that came in is afterwards what it was before.

JAX| In JAX an array cannot be changed: table[i] = v is an error, and
JAX| table.at[i].set(v) is a new array that has v in row i.
PyTorch| In PyTorch a tensor can be changed in place, and table[i] is a window
PyTorch| into table, not a copy; table.clone() is a copy.
""",
    ask_zh="""
table 的形状是 (rows, columns)，row 的形状是 (columns,)，i 是行号。
请写出

  add_to_row(table, i, row)   返回形状相同的新表，其中第 i 行加上
                              了 row。

传进来的 table，调用之后与调用之前一样。

JAX| 在 JAX 里数组不能改动：table[i] = v 会报错，而 table.at[i].set(v)
JAX| 是一个新数组，第 i 行是 v。
PyTorch| 在 PyTorch 里张量可以就地改动，并且 table[i] 是 table 的一个窗口，
PyTorch| 不是副本；table.clone() 才是副本。
""",
)
