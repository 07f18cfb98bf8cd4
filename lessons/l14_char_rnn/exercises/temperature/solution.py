"""Both answers are computed and one is taken; where it is not taken, 1 stands for 0."""

import jax
import jax.numpy as jnp


def probabilities(logits, temperature):
    warm = temperature > 0
    drawn = jax.nn.softmax(logits / jnp.where(warm, temperature, 1.0))
    likeliest = jax.nn.one_hot(jnp.argmax(logits, axis=-1), logits.shape[-1])
    return jnp.where(warm, drawn, likeliest)
