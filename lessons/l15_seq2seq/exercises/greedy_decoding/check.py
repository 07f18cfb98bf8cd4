"""What is looked at: what a decoder writes that remembers little and listens."""

import jax.numpy as jnp

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    letters, hidden, count = draw.integer(20, 24), draw.integer(12, 15), draw.integer(16, 19)
    table, mix, out = (
        draw.normal(*shape) for shape in ((letters, hidden), (hidden, hidden), (hidden, letters))
    )

    def decode(before, state):
        state = jnp.tanh(table[before] + state @ mix)
        return state @ out, state

    yield (
        f"write(decode, state, {count})",
        answer.write(decode, draw.normal(draw.n, hidden), count),
    )
