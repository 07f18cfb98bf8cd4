import torch


@torch.no_grad()
def step(w, v, learning_rate, momentum):
    v.copy_(...)
    w.copy_(...)
