"""The paper's recipe: what becomes of an image, of a gradient, and of a trained net."""

from dataclasses import replace
from functools import cache, partial

import jax
import jax.numpy as jnp
import optax

from jaxdl import optim
from jaxdl.train import accuracy


def augmented(x, flip, shift, translate):
    """The images mirrored where `flip` says so, then seen through a window that begins at `shift`.

    Args:
        x: (n, 32, 32, 3).
        flip: (n,) of bool.
        shift: (n, 2), from 0 to 2 · translate; around the image its own border is mirrored.
        translate: pixels of that border.
    """
    x = jnp.where(flip[:, None, None, None], x[:, :, ::-1], x)
    border = (translate, translate)
    wide = jnp.pad(x, ((0, 0), border, border, (0, 0)), mode="reflect")
    window = lambda image, at: jax.lax.dynamic_slice(image, (at[0], at[1], 0 * at[0]), x.shape[1:])  # noqa: E731
    return jax.vmap(window)(wide, shift)


def views(apply, params, x, config):
    """The mean of the answers to an image, its mirror image, and both shifted by a pixel.

    The two that are not shifted count as much as the four that are.
    """

    def both(x):
        return (apply(params, x, config) + apply(params, x[:, :, ::-1], config)) / 2

    if config.views == 1:
        return apply(params, x, config)
    if config.views == 2:
        return both(x)
    wide = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
    shifted = both(wide[:, :-2, :-2]) + both(wide[:, 2:, 2:])
    return both(x) / 2 + shifted / 4


@cache  # the same object for the same function, so that it is compiled once
def _look(apply):
    return partial(views, apply)


def judged(apply, params, test, config):
    """The share of the test images that are right, in all views, and seen once."""
    several = replace(config.compiled, views=config.views)
    return {
        "test accuracy": accuracy(_look(apply), params, test, several),
        "at one look": accuracy(apply, params, test, config.compiled),
    }


def schedule(count, config):
    """The share of the learning rate after `count` steps.

    SGD's goes up from 0.2 to 1 in the first 23 % of the steps, and down to 0.07 at the end; with
    Muon there is no way up, and at the end is 0.
    """
    count, total = count.astype(float), config.schedule
    if config.optimizer == "muon":
        return jnp.maximum(1 - count / total, 0)
    top = int(0.23 * total)
    rising = 0.2 + 0.8 * count / max(top, 1)
    falling = 1 - 0.93 * jnp.minimum((count - top) / (total - top), 1)
    return jnp.where(count < top, rising, falling)


def first_bias(count, config):
    """The share of the first layer's bias: as all others for some steps, then nothing."""
    if config.optimizer == "muon":
        return jnp.maximum(1 - count.astype(float) / max(config.bias_steps, 1), 0)
    return jnp.where(count < config.bias_steps, schedule(count, config), 0)


def label(path, leaf):
    """The group that a parameter belongs to."""
    names = [key.key for key in path]
    if names[0] in ("whiten", "head"):
        return "first bias" if names[-1] == "bias" else names[0]
    return "filters" if leaf.ndim == 4 else "biases"


def optimizer(config):
    """A step for each group of parameters.

    Weight decay is uncoupled from the learning rate: SGD multiplies the two, so it is divided here.
    """
    biases = config.bias_rate
    first = biases if config.optimizer == "muon" else 1.0

    def sgd(times, share=schedule):
        rate = lambda count: times * config.rate * share(count, config)  # noqa: E731
        decay = config.weight_decay / max(times * config.learning_rate, 1e-12)
        return optim.sgd(rate, momentum=config.momentum, weight_decay=decay, nesterov=True)

    return optax.multi_transform(
        {
            "whiten": sgd(1.0),  # where it does not whiten: else its kernel is no parameter
            "first bias": sgd(first, first_bias),
            "filters": muon(config) if config.optimizer == "muon" else sgd(1.0),
            "biases": sgd(biases),
            "head": sgd(1.0),
        },
        partial(jax.tree.map_with_path, label),
    )


def orthogonal(matrix, steps=3):
    """Of a matrix U diag(s) Vᵀ with few rows about U Vᵀ: Newton and Schulz's iteration.

    X ← a X + (b A + c A²) X, with A = X Xᵀ, takes each singular value s to a s + b s³ + c s⁵.
    """
    x = matrix / (jnp.linalg.norm(matrix) + 1e-7)
    for _ in range(steps):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x


def muon(config):
    """Muon for convolutions: the momentum made orthogonal, and each kernel's length restored."""
    trace = optax.trace(0.6, nesterov=True)

    def init(params):
        return jnp.zeros([], jnp.int32), trace.init(params)

    def update(updates, state, params=None):
        count, momentum = state
        updates, momentum = trace.update(updates, momentum)
        rate = config.muon_rate * schedule(count, config)

        def moved(kernel, towards):  # (h, w, in, out); a row of the matrix is a kernel
            rows = towards.reshape(-1, towards.shape[-1]).T
            direction = orthogonal(rows).T.reshape(kernel.shape)
            length = kernel.shape[-1] ** 0.5
            return (length / jnp.linalg.norm(kernel.ravel()) - 1) * kernel - rate * direction

        return jax.tree.map(moved, params, updates), (count + 1, momentum)

    return optax.GradientTransformation(init, update)


def joined(trained, kept):
    """Both in one dictionary, as PyTorch's `state_dict` has them."""
    both = dict(trained)
    for name, part in kept.items():
        both[name] = joined(trained.get(name, {}), part) if isinstance(part, dict) else part
    return both


def lookahead(fast, slow, count, config):
    """After `count` steps: the net that goes on, and the slow copy that follows it.

    Every 5 steps the copy goes a part of the way to the net, less and less of it, and the net goes
    back to the copy. The last step's net is the copy.
    """
    due, last = count % 5 == 0, count == config.schedule
    keep = 0.95**5 * (count.astype(float) / config.schedule) ** 3
    slow = jax.tree.map(lambda s, f: jnp.where(due, s + (1 - keep) * (f - s), s), slow, fast)
    fast = jax.tree.map(lambda s, f: jnp.where(due | last, s, f), slow, fast)
    return fast, slow
