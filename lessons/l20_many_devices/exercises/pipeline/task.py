import jax.numpy as jnp


def timetable(parts, stages):
    ticks = ...
    part = jnp.arange(ticks)[None] - ...  # (stages, ticks)
    return jnp.where(..., part, -1)


def idle(parts, stages):
    return ...
