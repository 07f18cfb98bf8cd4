"""After a transpose view() refuses what reshape() would copy."""


def split(qkv, heads):
    n, length, _ = qkv.shape
    query, key, value = (
        part.view(n, length, heads, -1).transpose(1, 2) for part in qkv.chunk(3, dim=-1)
    )
    return query, key, value


def merge(context):
    n, heads, length, size = context.shape
    return context.transpose(1, 2).reshape(n, length, heads * size)
