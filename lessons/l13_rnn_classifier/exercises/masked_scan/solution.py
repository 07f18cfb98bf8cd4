"""Where the mask says padding, the state is handed on as it was: nothing is flipped."""

import jax
import jax.numpy as jnp


def read(w, x, lengths, reverse):
    def letter(h, place):
        x_t, t = place
        new = jnp.tanh(x_t + w * h)
        real = (t < lengths)[:, None]
        return jnp.where(real, new, h), None

    places = x, jnp.arange(len(x))
    return jax.lax.scan(letter, jnp.zeros_like(x[0]), places, reverse=reverse)[0]
