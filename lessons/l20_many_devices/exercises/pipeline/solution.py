"""A stage is as many ticks behind the first as it has stages before it."""

import jax.numpy as jnp


def timetable(parts, stages):
    ticks = parts + stages - 1
    part = jnp.arange(ticks)[None] - jnp.arange(stages)[:, None]
    return jnp.where((part >= 0) & (part < parts), part, -1)


def idle(parts, stages):
    return (stages - 1) / (parts + stages - 1)
