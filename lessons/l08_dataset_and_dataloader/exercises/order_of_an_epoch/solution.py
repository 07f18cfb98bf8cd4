"""fold_in makes a key of the epoch's own; no epoch needs the ones before it to have been drawn."""

import jax


def epoch_order(key, epoch, n):
    own = jax.random.fold_in(key, epoch)
    return jax.random.permutation(own, n)
