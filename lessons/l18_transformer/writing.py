"""Writing with what was computed already: the keys and values of the letters that are there."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np


def empty(params, config):
    """The caches before the first letter: keys and values of every place, for each block."""
    dtype = jnp.bfloat16 if config.bfloat16 else params["norm"]["scale"].dtype
    shape = (1, config.heads, config.context, config.width // config.heads)
    return {str(i): [jnp.zeros(shape, dtype)] * 2 for i in range(config.layers)}


def kept(cache, new, place):
    """The keys and values of all places, those of the letters from `place` on new."""
    put = partial(jax.lax.dynamic_update_slice, start_indices=(0, 0, place, 0))
    return jax.tree.map(put, cache, list(new))


@partial(jax.jit, static_argnames=("read", "count", "config"))
def write(read, params, key, start, count, temperature, config):
    """Go on with a text.

    A letter's keys and values are kept, and the next letter costs one letter's products. Where the
    context is full, its older half is forgotten. The other half is then read anew: its letters are
    at other places, and with them all keys and values are others.

    Args:
        read: of this lesson's program.
        params: the net's.
        key, start, temperature: as in lesson 14.
        count: how many letters to add.
        config: decides what is compiled.

    Returns:
        (count,), their codes.
    """
    half = config.context // 2

    def again(codes, _, place):  # all of the context; what stands behind place is not seen yet
        scores, caches, _ = read(params, codes[None], config, empty(params, config))
        return scores[0, place], caches

    def onwards(codes, caches, place):  # one letter
        scores, caches, _ = read(params, codes[place][None, None], config, caches, place)
        return scores[0, 0], caches

    def letter(carry, key):
        codes, place, scores, caches = carry  # scores (128,): of the letter that is to come there
        scores = scores.astype(float)
        likely = scores / jnp.where(temperature > 0, temperature, 1)
        drawn = jnp.where(temperature > 0, jax.random.categorical(key, likely), jnp.argmax(scores))
        full = place == config.context
        codes = jnp.where(full, jnp.roll(codes, half - config.context), codes)
        place = jnp.where(full, half, place)
        codes = codes.at[place].set(drawn.astype(codes.dtype))
        scores, caches = jax.lax.cond(full, again, onwards, codes, caches, place)
        return (codes, place + 1, scores, caches), drawn

    start = start[-config.context :]
    codes = jnp.zeros(config.context, start.dtype).at[: len(start)].set(start)
    scores, caches = again(codes, None, len(start) - 1)
    carry = codes, jnp.asarray(len(start)), scores, caches
    return jax.lax.scan(letter, carry, jax.random.split(key, count))[1]


def text(read, config, params, start, count, key=None, temperature=None):
    """`write` for strings."""
    codes = np.frombuffer(start.encode("ascii"), np.uint8)
    key = jax.random.key(config.seed) if key is None else key
    temperature = config.temperature if temperature is None else temperature
    drawn = write(read, params, key, codes, count, temperature, config.compiled)
    return bytes(np.asarray(drawn, np.uint8)).decode("ascii")
