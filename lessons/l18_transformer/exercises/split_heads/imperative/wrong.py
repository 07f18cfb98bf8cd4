"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "split",
    "view exchanges no axes: cut straight into (heads, length), the numbers of several letters "
    "get mixed. First (length, heads), then transpose.",
    "view 不会交换轴：直接切成 (heads, length)，几个字母的数就混在了一起。先切成 (length, heads)，"
    "再转置。",
)
def viewed_at_once(qkv, heads):
    n, length, _ = qkv.shape
    return tuple(part.reshape(n, heads, length, -1) for part in qkv.chunk(3, dim=-1))


@wrong(
    "split",
    "The heads are still behind the letters: (n, length, heads, size).",
    "头还在字母后面：(n, length, heads, size)。",
)
def heads_behind(qkv, heads):
    n, length, _ = qkv.shape
    return tuple(part.view(n, length, heads, -1) for part in qkv.chunk(3, dim=-1))


@wrong(
    "split",
    "A head's numbers stand together: view(n, length, heads, -1), not (…, -1, heads).",
    "一个头的数是挨在一起的：view(n, length, heads, -1)，不是 (…, -1, heads)。",
)
def size_and_heads(qkv, heads):
    n, length, _ = qkv.shape
    return tuple(
        part.view(n, length, -1, heads).permute(0, 3, 1, 2) for part in qkv.chunk(3, dim=-1)
    )


@wrong(
    "merge",
    "A transposed tensor has its numbers in another order than view() needs. Take reshape(), or "
    "contiguous() before it.",
    "转置之后，数在内存里的次序不是 view() 需要的。请用 reshape()，或者先 contiguous()。",
)
def viewed_after_transpose(context):
    n, heads, length, size = context.shape
    return context.transpose(1, 2).view(n, length, heads * size)


@wrong(
    "merge",
    "The heads have to come behind the letters again before they are laid side by side; without "
    "it each row is made of one head's letters.",
    "并排之前，要先把头移回字母后面；否则每一行是由同一个头的几个字母拼成的。",
)
def merged_without_moving(context):
    n, heads, length, size = context.shape
    return context.reshape(n, length, heads * size)
