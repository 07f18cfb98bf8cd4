"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "add_to_row",
    "The result is right, but the table of whoever called has changed with it: new = table is a "
    "second name for the same tensor. table.clone() is a copy.",
    "结果是对的，但调用者的表也跟着变了：new = table 只是同一个张量的第二个名字。table.clone() 才"
    "是副本。",
)
def a_second_name(table, i, row):
    new = table
    new[i] += row
    return new


@wrong(
    "add_to_row",
    "This puts row in the place of row i; it is to be added to what stands there: new[i] += row.",
    "这样是用 row 替换了第 i 行；应当加到原有的数上：new[i] += row。",
)
def replaced(table, i, row):
    new = table.clone()
    new[i] = row
    return new


@wrong(
    "add_to_row",
    "new[i] + row is a third tensor that nobody keeps, and new has not changed: write into it, "
    "new[i] += row.",
    "new[i] + row 是另一个张量，没有人接住它，new 并没有变：要写进去，new[i] += row。",
)
def dropped(table, i, row):
    new = table.clone()
    new[i] + row  # pyright: ignore[reportUnusedExpression]
    return new


@wrong(
    "add_to_row",
    "row has been added to every row of the table; only row i is meant: new[i].",
    "row 被加到了表的每一行上；只应加到第 i 行：new[i]。",
)
def every_row(table, i, row):
    return table + row
