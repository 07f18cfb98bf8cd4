"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "before",
    "The decoder is told the very letter that it is to say: it has only to repeat it.",
    "这样告诉解码器的正是它该说的那个字母：照着重复就行了。",
)
def the_answer_itself(y):
    return y


@wrong(
    "before",
    "This is one place to the left: the letter that comes next, which the decoder cannot know yet.",
    "这是往左挪了一格：是下一个字母，解码器还不可能知道。",
)
def the_letter_after(y):
    return jnp.pad(y[:, 1:], ((0, 0), (0, 1)))


@wrong(
    "before",
    "One column too many: the 0 is there, but the last letter of y stands before nothing. Leave "
    "it out.",
    "多了一列：0 放进来了，可是 y 的最后一列不在任何字母之前，应当去掉。",
)
def one_too_wide(y):
    return jnp.pad(y, ((0, 0), (1, 0)))


@wrong(
    "before",
    "The rows are moved down here: each answer is told another answer's letters. The letters of a "
    "row follow each other along axis 1.",
    "这里是整行往下挪：每个答案听到的是别的答案的字母。一行之内，字母沿第 1 轴相继。",
)
def along_the_batch(y):
    return jnp.pad(y[:-1], ((1, 0), (0, 0)))
