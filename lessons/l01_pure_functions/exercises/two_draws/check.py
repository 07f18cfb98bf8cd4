"""What is looked at: both arrays, for two keys."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    for seed in (draw.integer(1, 999), draw.integer(1000, 1999)):
        yield (
            f"two_draws(jax.random.key({seed}), {draw.n})",
            answer.two_draws(jax.random.key(seed), draw.n),
        )
