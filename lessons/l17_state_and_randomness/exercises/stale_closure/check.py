"""What is looked at: the outputs, and how often the net was traced."""

import jax.numpy as jnp

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    inputs, traces = draw.integer(4, 9), []

    def apply(params, x):
        traces.append(x)
        return jnp.tanh(x @ params)

    every = [draw.normal(inputs) for _ in range(3)]
    yield "outputs(apply, every, x)", answer.outputs(apply, every, draw.normal(draw.n, inputs))
    yield "times that apply was traced, plus a number", len(traces) + draw.number()
