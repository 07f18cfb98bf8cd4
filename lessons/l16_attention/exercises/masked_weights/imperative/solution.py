"""masked_fill fills where the mask is True: it is told the padding, not the letters."""

import torch


def weights(scores, x):
    padding = (x == 0).unsqueeze(1)
    lowest = torch.finfo(scores.dtype).min
    return scores.masked_fill(padding, lowest).softmax(dim=-1)
