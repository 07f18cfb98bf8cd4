"""First the own row is written, then looked at; what is not there yet is masked."""

import jax
import jax.numpy as jnp


def look(keys, values, place, query, key, value):
    keys = keys.at[place].set(key)
    values = values.at[place].set(value)
    scores = keys @ query / len(query) ** 0.5
    seen = jnp.arange(len(keys)) <= place
    weights = jax.nn.softmax(jnp.where(seen, scores, -jnp.inf))
    return weights @ values, keys, values
