"""What is looked at: three steps, and the second one taken again from the state before it."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    key = jax.random.key(draw.integer(0, 9999))
    states = [{"key": key, "count": draw.integer(0, 99), "w": draw.normal(draw.n + 9)}]
    for k in range(3):
        states.append(answer.step(states[-1]))
        yield f"w after step {k}", states[-1]["w"]
        yield f"count after step {k}", states[-1]["count"]
    yield "w after step 1, taken again", answer.step(states[1])["w"]
