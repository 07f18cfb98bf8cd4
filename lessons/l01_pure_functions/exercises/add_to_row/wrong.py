"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "add_to_row",
    "Arrays do not support assignment to an element. table.at[i].set(...) is a new array.",
    "数组不支持给元素赋值。table.at[i].set(...) 得到一个新数组。",
)
def assigned(table, i, row):
    table[i] = table[i] + row
    return table


@wrong(
    "add_to_row",
    "This puts row in the place of row i; it is to be added to what stands there: table[i] + row.",
    "这样是用 row 替换了第 i 行；应当加到原有的数上：table[i] + row。",
)
def replaced(table, i, row):
    return table.at[i].set(row)


@wrong(
    "add_to_row",
    "table.at[i].set(...) changes nothing; it returns the new array, and here nobody keeps it.",
    "table.at[i].set(...) 什么也不改动，它返回新数组，而这里没有人接住它。",
)
def dropped(table, i, row):
    table.at[i].set(table[i] + row)
    return table


@wrong(
    "add_to_row",
    "This is the new row alone; the whole table is asked for.",
    "这只是新的那一行；要的是整张表。",
)
def the_row(table, i, row):
    return table[i] + row


@wrong(
    "add_to_row",
    "row has been added to every row of the table; only row i is meant: .at[i].",
    "row 被加到了表的每一行上；只应加到第 i 行：.at[i]。",
)
def every_row(table, i, row):
    return table + row[None, :]
