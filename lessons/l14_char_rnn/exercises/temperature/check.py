"""What is looked at: three temperatures, 0 among them, with jax.jit and without."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    logits, cold = draw.normal(draw.n, draw.integer(11, 15)), draw.number(0.3, 0.8)
    yield f"probabilities(logits, {cold:.2f})", answer.probabilities(logits, cold)
    yield "probabilities(logits, 0.0)", answer.probabilities(logits, 0.0)
    compiled = jax.jit(answer.probabilities)
    yield "jax.jit(probabilities)(logits, 2.0)", compiled(logits, 2.0)
