def split(qkv, heads):
    n, length, _ = qkv.shape
    query, key, value = (
        part.view(n, length, ..., ...).transpose(..., ...) for part in qkv.chunk(3, dim=-1)
    )
    return query, key, value


def merge(context):
    n, heads, length, size = context.shape
    return ...
