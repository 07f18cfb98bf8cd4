"""The dicts are gone through by tree.map, whatever their depth."""

import jax


def decayed(params, rate):
    return jax.tree.map(lambda leaf: (1 - rate) * leaf, params)
