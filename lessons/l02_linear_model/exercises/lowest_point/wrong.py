"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "best",
    "jnp.argmin counts through the whole table; unravel_index makes of this number a row and a "
    "column, and w is ws[row].",
    "jnp.argmin 是按整张表编号的；unravel_index 才把编号变成行号和列号，而 w 是 ws[行号]。",
)
def the_number_of_the_place(losses, ws, bs):
    place = jnp.argmin(losses)
    return ws[place], bs[place]


@wrong(
    "best",
    "These are a row and a column; the values that stand for them are ws[row] and bs[column].",
    "这是行号和列号；它们对应的值是 ws[row] 和 bs[column]。",
)
def the_place(losses, ws, bs):
    return jnp.unravel_index(jnp.argmin(losses), losses.shape)


@wrong(
    "best",
    "Each row is a w and each column a b: ws[row], bs[column], w first.",
    "每行对应一个 w，每列对应一个 b：ws[row]，bs[column]，w 在前。",
)
def b_first(losses, ws, bs):
    row, column = jnp.unravel_index(jnp.argmin(losses), losses.shape)
    return bs[column], ws[row]


@wrong(
    "best",
    "This is where the loss is highest; argmin finds the lowest.",
    "这是损失最大的位置；argmin 找的才是最小的。",
)
def the_highest(losses, ws, bs):
    row, column = jnp.unravel_index(jnp.argmax(losses), losses.shape)
    return ws[row], bs[column]


@wrong(
    "best",
    "This is the lowest loss; asked for is where it is.",
    "这是最小的损失；要的是它在哪里。",
)
def the_loss(losses, ws, bs):
    return jnp.min(losses)


@wrong(
    "best",
    "Row and column have been exchanged: the rows are the ws, the columns the bs.",
    "行和列写反了：行对应 ws，列对应 bs。",
)
def row_for_column(losses, ws, bs):
    row, column = jnp.unravel_index(jnp.argmin(losses), losses.shape)
    return ws[column], bs[row]
