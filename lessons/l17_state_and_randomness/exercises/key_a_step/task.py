import jax


def step(state):
    noise = ...
    return state | {"count": ..., "w": ...}
