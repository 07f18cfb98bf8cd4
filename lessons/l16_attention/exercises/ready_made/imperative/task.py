from torch.nn import functional as F


def attend(query, read, x):
    query, read = query.unsqueeze(1), ...  # an axis for the one head
    mask = ...  # (n, 1, 1, width)
    found = F.scaled_dot_product_attention(query, read, read, attn_mask=mask, scale=...)
    return ...
