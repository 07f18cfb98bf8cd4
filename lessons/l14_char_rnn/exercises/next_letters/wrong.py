"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "pieces",
    "A text that pieces fill entirely has a last letter without a next one. How many letters have "
    "one?",
    "如果各段正好用完整段文字，最后一个字符就没有下一个。有下一个字符的一共有几个？",
)
def all_letters_have_a_next(codes, length):
    whole = len(codes) // length * length
    return codes[:whole].reshape(-1, length), codes[1 : whole + 1].reshape(-1, length)


@wrong(
    "pieces",
    "At the end of each piece the answer is the piece's own first letter: rolled around. The "
    "answer is the next letter of the text, which is the first of the next piece.",
    "每段末尾的答案成了这一段自己的第一个字符：绕回去了。答案应当是文字里的下一个字符，也就是下一"
    "段的第一个。",
)
def rolled_in_each_piece(codes, length):
    x = codes[: (len(codes) - 1) // length * length].reshape(-1, length)
    return x, jnp.roll(x, -1, axis=1)


@wrong(
    "pieces",
    "Each letter is its own answer here: copying would be enough. Move y one letter on.",
    "这里每个字符的答案就是它自己：照抄就行。请把 y 往后挪一个字符。",
)
def the_same_letters(codes, length):
    x = codes[: (len(codes) - 1) // length * length].reshape(-1, length)
    return x, x


@wrong(
    "pieces",
    "This answers with the letter before, not with the one behind.",
    "这里的答案是前一个字符，不是后一个。",
)
def the_letter_before(codes, length):
    whole = (len(codes) - 1) // length * length
    return codes[:whole].reshape(-1, length), jnp.roll(codes, 1)[:whole].reshape(-1, length)


@wrong(
    "pieces",
    "These are the text's pieces moved on by a whole piece. One letter is enough.",
    "这是把文字往后挪了一整段。挪一个字符就够了。",
)
def the_next_piece(codes, length):
    whole = (len(codes) - 1) // length * length
    x = codes[:whole].reshape(-1, length)
    return x, jnp.roll(x, -1, axis=0)
