"""The lesson's net with a checkpoint: what goes in is kept, the inside is run again."""

from dataclasses import replace
from functools import partial

from torch.utils.checkpoint import checkpoint

from lessons.l07_multiple_dimension_input import imperative
from lessons.l07_multiple_dimension_input.imperative import criterion


def hidden(model, x):  # (n, features) -> (n, 4)
    return model.activation(model.linear2(model.activation(model.linear1(x))))


def loss(model, batch):
    """The cross-entropy of the batch, its mean, from the logits."""
    x, y = batch
    x = checkpoint(hidden, model, x, use_reentrant=False)
    return criterion(model.linear3(x), y)


def step(model, optimizer, batch):
    """As without: nothing of it knows of a checkpoint."""
    l = loss(model, batch)
    optimizer.zero_grad()
    l.backward()  # runs the checkpoint's inside again
    optimizer.step()
    return l.item()


def program(config, dtype):
    """The lesson's program with these functions in it, as the page of both autograds takes it."""
    twin = imperative.program(config, dtype)
    return replace(twin, loss=loss, step=partial(step, twin.model, twin.optimizer))
