"""The lecture's net with checkpoints: what goes in is kept, the inside is run again."""

from dataclasses import replace
from functools import partial

import torch
from torch.utils.checkpoint import checkpoint

from lessons.l10_basic_cnn import imperative
from lessons.l10_basic_cnn.imperative import criterion


def block(model, conv, x):
    return torch.relu(model.pooling(conv(x)))


def loss(model, batch):
    """Cross-entropy: the mean over the batch."""
    x, y = batch
    x = checkpoint(block, model, model.conv1, x, use_reentrant=False)  # -> (n, 10, 12, 12)
    x = checkpoint(block, model, model.conv2, x, use_reentrant=False)  # -> (n, 20, 4, 4)
    return criterion(model.fc(x.view(len(x), -1)), y)


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
