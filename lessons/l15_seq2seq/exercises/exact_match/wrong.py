"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def counted(y):
    return jnp.pad(y[:, :-1] > 0, ((0, 0), (1, 0)), constant_values=True)


@wrong(
    "exact_match",
    "This is the share of the letters. An answer with one wrong letter is wrong.",
    "这是字母的正确率。错一个字母，整个答案就错了。",
)
def of_letters(guess, y):
    return jnp.mean(guess == y, where=counted(y))


@wrong(
    "exact_match",
    "What stands behind the end is compared, too: a right answer with something behind it is "
    "taken for wrong.",
    "结束之后的内容也比较了：后面多写了点什么的正确答案被当成错的。",
)
def padding_too(guess, y):
    return jnp.mean(jnp.all(guess == y, axis=1))


@wrong(
    "exact_match",
    "Only letters are compared: an answer that does not stop is taken for right. The 0 that ends "
    "it counts.",
    "这里只比较了字母：不肯停下的答案也被当成对的。结尾的那个 0 要算。",
)
def without_the_end(guess, y):
    return jnp.mean(jnp.all((guess == y) | (y == 0), axis=1))


@wrong(
    "exact_match",
    "& asks that every place counts and is right; no row is that wide. A place is fine if it is "
    "right or does not count.",
    "& 要求每个位置都计入而且正确，没有哪一行有那么长。一个位置只要正确，或者不计入，就没有问题。",
)
def and_for_or(guess, y):
    return jnp.mean(jnp.all((guess == y) & counted(y), axis=1))


@wrong(
    "exact_match",
    "This is how many answers are right. The share is asked for.",
    "这是答对的个数。要的是比例。",
)
def how_many(guess, y):
    return jnp.sum(jnp.all((guess == y) | ~counted(y), axis=1))
