"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "mean",
    "The empty rows count here: names without letters, and a country all the same.",
    "这里空行也算了进去：没有字母的“名字”，却照样有一个国家。",
)
def of_all_rows(losses, x):
    return jnp.mean(losses)


@wrong(
    "mean",
    "The empty rows' losses are 0 now, but the sum is still divided by the number of all rows.",
    "空行的损失变成了 0，可是除的仍是所有行的数目。",
)
def divided_by_all(losses, x):
    return jnp.mean(jnp.where(jnp.any(x > 0, axis=1), losses, 0))


@wrong(
    "mean",
    "losses[real] has as many numbers as there are names: a shape that depends on the numbers, "
    "which no compiled program can have. jnp.mean has an argument for it.",
    "losses[real] 有多少个数，取决于有多少个名字：形状取决于数值，编译好的程序做不到。jnp.mean 有"
    "一个参数正是为此准备的。",
)
def picked_out(losses, x):
    return losses[jnp.any(x > 0, axis=1)].mean()


@wrong(
    "mean",
    "The right rows, but their sum.",
    "行选对了，但这是它们的和。",
)
def summed(losses, x):
    return jnp.sum(losses, where=jnp.any(x > 0, axis=1))


@wrong(
    "mean",
    "Here a name of eight letters counts eight times as much as one of one letter. A row is a "
    "name: does it have any letter?",
    "这样八个字母的名字比一个字母的名字重八倍。一行是一个名字：只问它有没有字母。",
)
def a_letter_a_vote(losses, x):
    return jnp.sum(losses[:, None], where=x > 0) / jnp.sum(x > 0)
