"""copy_ puts new numbers into the tensors that the caller holds; v = … would only rename."""

import torch


@torch.no_grad()
def step(w, v, learning_rate, momentum):
    v.copy_(momentum * v + w.grad)
    w.copy_(w - learning_rate * v)
