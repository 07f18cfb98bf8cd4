import jax
import jax.numpy as jnp


def dropout(key, x, rate):
    keep = jax.random.bernoulli(key, ..., x.shape)
    return jnp.where(keep, ..., 0.0)
