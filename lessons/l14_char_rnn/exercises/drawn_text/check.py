"""What is looked at: the letters that are written."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    letters, count = draw.integer(20, 29), draw.integer(20, 25)
    key, table = jax.random.key(draw.integer(0, 9999)), draw.normal(letters, letters)
    yield (
        f"write(key, table, start, {count})",
        answer.write(key, table, draw.integers(0, letters - 1), count),
    )
