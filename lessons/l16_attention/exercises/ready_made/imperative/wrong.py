"""Typical wrong answers."""

from torch.nn import functional as F

from jaxdl.course.exercises import wrong


def called(query, read, mask, **options):
    query, read = query.unsqueeze(1), read.unsqueeze(1)
    found = F.scaled_dot_product_attention(query, read, read, attn_mask=mask, **options)
    return found.squeeze(1)


@wrong(
    "attend",
    "Without scale the scores are divided by √size. Here they are to stay as they are.",
    "不写 scale 时得分会除以 √size。这里要它保持原样。",
)
def divided(query, read, x):
    return called(query, read, (x > 0)[:, None, None])


@wrong(
    "attend",
    "In this function True means that a place is looked at. masked_fill and "
    "nn.MultiheadAttention's key_padding_mask mean the opposite.",
    "在这个函数里 True 表示要看。masked_fill 和 nn.MultiheadAttention 的 key_padding_mask 正好相"
    "反。",
)
def padding_only(query, read, x):
    return called(query, read, (x == 0)[:, None, None], scale=1.0)


@wrong(
    "attend",
    "A mask that is no bool is added to the scores: 0 and 1 hide nothing.",
    "不是布尔型的掩码会加到得分上：0 和 1 什么也挡不住。",
)
def mask_of_numbers(query, read, x):
    return called(query, read, (x > 0)[:, None, None].float(), scale=1.0)


@wrong(
    "attend",
    "The padding is looked at, too: no mask.",
    "填充也被看了：没有掩码。",
)
def without_a_mask(query, read, x):
    return called(query, read, None, scale=1.0)
