"""What is looked at: the parameters of a key drawn, then what they make of x."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    params = answer.init(jax.random.key(draw.integer(10, 10**6)))
    yield "init(key)", params
    given = {"linear": {"kernel": draw.normal(3, 2), "bias": draw.normal(2)}}
    yield "apply(params, x)", answer.apply(given, draw.normal(3 * draw.n, 3))
