"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l11_advanced_cnn.exercises.stacked_blocks.solution import block


@wrong(
    "deep",
    "The first block's parameters are used in every block: use those that f is given.",
    "每个块用的都是第一个块的参数：应当用传给 f 的那一份。",
)
def always_the_first(x, stacked):
    first = jax.tree.map(lambda leaf: leaf[0], stacked)
    return jax.lax.scan(lambda x, _: (block(x, first), None), x, stacked)[0]


@wrong(
    "deep",
    "Each block must take what the one before it gave: x has to go on in the carry.",
    "每个块的输入应当是前一个块的输出：x 要放在 carry 里传下去。",
)
def each_by_itself(x, stacked):
    return jax.lax.scan(lambda _, params: (block(x, params), None), x, stacked)[0]


@wrong(
    "deep",
    "scan returns a pair; only the last x is asked for.",
    "scan 返回一对；这里只要最后的 x。",
)
def the_pair(x, stacked):
    return jax.lax.scan(lambda x, params: (block(x, params), x), x, stacked)


@wrong(
    "deep",
    "The x behind every block has been kept; asked is the last one alone.",
    "保留了每个块之后的 x；要的只是最后一个。",
)
def all_of_them(x, stacked):
    return jax.lax.scan(lambda x, params: (block(x, params),) * 2, x, stacked)[1]


@wrong(
    "deep",
    "The blocks were run from the last to the first.",
    "块的顺序反了：从最后一个走到了第一个。",
)
def backwards(x, stacked):
    return jax.lax.scan(lambda x, p: (block(x, p), None), x, stacked, reverse=True)[0]
