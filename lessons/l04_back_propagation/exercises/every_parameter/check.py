"""What is looked at: both parameters after each of two steps."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    params = {"w1": draw.uniform(low=0.3, high=0.6), "w2": draw.uniform(low=1.0, high=2.0)}
    learning_rate = draw.number(0.1, 0.3)
    for number in ("one", "two"):
        x, y = draw.number(0.5, 1.5), draw.number(2.0, 4.0)
        params = answer.step(params, x, y, learning_rate)
        yield f"after step {number}, params", params
