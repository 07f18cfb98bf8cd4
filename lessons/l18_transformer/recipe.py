"""What becomes of a gradient: summed up from parts, clipped, and made a step by AdamW."""

from functools import partial

import jax
import jax.numpy as jnp
import optax

from jaxdl import optim


def in_parts(value_and_grad, params, batch, parts):
    """Loss and gradient of a batch: the means over its parts, of which one is in memory."""

    def add(total, part):
        found = value_and_grad(params, part)
        return jax.tree.map(lambda sum, each: sum + each / parts, total, found), None

    split = jax.tree.map(lambda column: column.reshape(parts, -1, *column.shape[1:]), batch)
    first = jax.tree.map(lambda column: column[0], split)
    shapes = jax.eval_shape(value_and_grad, params, first)
    nothing = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    return jax.lax.scan(add, nothing, split)[0]


def learning_rate(count, config):
    """The learning rate after `count` steps: up in a straight line, down along a cosine."""
    count = count.astype(float)
    rising = (count + 1) / (config.warmup + 1)
    share = (count - config.warmup) / max(config.decay - config.warmup, 1)
    falling = 0.55 + 0.45 * jnp.cos(jnp.pi * jnp.clip(share, 0, 1))  # from 1 to a tenth
    return config.learning_rate * jnp.where(count < config.warmup, rising, falling)


def mask(params):
    """Which weights decay: the matrices. The norms' scales belong around 1 and stay there."""
    return jax.tree.map(lambda leaf: "matrix" if leaf.ndim > 1 else "scale", params)


def optimizer(config):
    """The gradient clipped; then AdamW, for two groups of parameters."""
    adamw = partial(optim.adamw, partial(learning_rate, config=config), betas=(0.9, 0.99))
    groups = {
        "matrix": adamw(weight_decay=config.weight_decay),
        "scale": adamw(weight_decay=0.0),
    }
    clip = optim.clip_grad_norm(config.clip)
    return optax.chain(clip, optax.multi_transform(groups, mask))
