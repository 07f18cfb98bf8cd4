"""What is looked at: the predictions at several w's, and at others later."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    x = draw.normal(draw.n)
    for _ in range(2):
        ws = [draw.number(-3.0, -1.0), draw.number(0.5, 2.0), draw.number(3.0, 4.0)]
        yield f"predictions({[round(w, 2) for w in ws]}, x)", answer.predictions(ws, x)
    w = draw.number(5.0, 6.0)
    yield f"forward({w:.2f}, x)", answer.forward(w, x)
    compiled = "jit" in str(jax.make_jaxpr(answer.forward)(w, x))
    yield f"whether forward({w:.2f}, x) is under jax.jit", (compiled, answer.forward(w, x))
