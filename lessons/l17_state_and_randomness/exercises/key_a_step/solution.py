"""The key and the count say what is drawn: whoever keeps both can go back."""

import jax


def step(state):
    fresh = jax.random.fold_in(state["key"], state["count"])
    noise = jax.random.normal(fresh, state["w"].shape)
    return state | {"count": state["count"] + 1, "w": state["w"] + noise}
