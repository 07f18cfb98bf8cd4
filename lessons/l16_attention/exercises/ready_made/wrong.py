"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


def called(query, read, mask, **options):
    query, read = query[:, :, None], read[:, :, None]
    return jax.nn.dot_product_attention(query, read, read, mask=mask, **options)


@wrong(
    "attend",
    "Without scale the scores are divided by √size. Here they are to stay as they are.",
    "不写 scale 时得分会除以 √size。这里要它保持原样。",
)
def divided(query, read, x):
    return called(query, read, (x > 0)[:, None, None])[:, :, 0]


@wrong(
    "attend",
    "The padding is looked at, too: no mask.",
    "填充也被看了：没有掩码。",
)
def without_a_mask(query, read, x):
    return called(query, read, None, scale=1.0)[:, :, 0]


@wrong(
    "attend",
    "True means that a place is looked at; here that is the padding.",
    "True 表示要看这个位置；这里看的是填充。",
)
def padding_only(query, read, x):
    return called(query, read, (x == 0)[:, None, None], scale=1.0)[:, :, 0]


@wrong(
    "attend",
    "The axis of the head is still there; it was put in for the call, and has to be taken out.",
    "头的那个轴还在；它是为了调用才加的，用完要去掉。",
)
def head_left_in(query, read, x):
    return called(query, read, (x > 0)[:, None, None], scale=1.0)
