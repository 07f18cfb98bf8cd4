import jax
import jax.numpy as jnp


def read(w, x, lengths, reverse):
    def letter(h, place):
        x_t, t = place  # (n, hidden), a number counted from 0
        new = jnp.tanh(x_t + w * h)
        real = ...  # (n, 1): does the name have a letter at t?
        return ..., None

    places = x, jnp.arange(len(x))
    return jax.lax.scan(letter, jnp.zeros_like(x[0]), places, reverse=reverse)[0]
