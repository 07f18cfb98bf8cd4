"""The lesson's net with checkpoints: what goes in is kept, the inside is run again."""

from dataclasses import replace
from functools import partial

import torch
from torch.utils.checkpoint import checkpoint

from lessons.l09_softmax_classifier import imperative
from lessons.l09_softmax_classifier.imperative import criterion


def first(model, x):  # (n, 784) -> (n, 256)
    return torch.relu(model.linear2(torch.relu(model.linear1(x))))


def second(model, x):  # (n, 256) -> (n, 64)
    return torch.relu(model.linear4(torch.relu(model.linear3(x))))


def loss(model, batch):
    """Cross-entropy: the mean over the batch."""
    x, y = batch
    x = checkpoint(first, model, x.view(-1, 784), use_reentrant=False)
    x = checkpoint(second, model, x, use_reentrant=False)
    return criterion(model.linear5(x), y)


def step(model, optimizer, batch):
    """As without: nothing of it knows of a checkpoint."""
    l = loss(model, batch)
    optimizer.zero_grad()
    l.backward()  # runs the checkpoints' inside again, the last one first
    optimizer.step()
    return l.item()


def program(config, dtype):
    """The lesson's program with these functions in it, as the page of both autograds takes it."""
    twin = imperative.program(config, dtype)
    return replace(twin, loss=loss, step=partial(step, twin.model, twin.optimizer))
