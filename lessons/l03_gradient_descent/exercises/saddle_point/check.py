"""What is looked at: a minimum, a maximum and a saddle, in an order that is drawn."""

import jax.numpy as jnp

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    # u² and v² with curvatures s and t along turned axes: the matrix [[a, c], [c, b]] has a, b > 0
    # on its diagonal and yet, where c is larger than both, one negative eigenvalue.
    a, b = draw.number(0.5, 1.0), draw.number(0.5, 1.0)
    cases = [(a, b, 0.2), (-b, -a, 0.3), draw.one_of([(a, b, 1.5), (-a, -b, 1.7)])]
    point = draw.normal(2)
    for case in draw.rng.permutation(cases):
        matrix = jnp.asarray([[case[0], case[2]], [case[2], case[1]]], "float32")

        def f(x, matrix=matrix):
            return (x - point) @ matrix @ (x - point)

        shown = ", ".join(f"{each:.2f}" for each in case)
        yield f"curvatures of f ({shown}) at its point", answer.curvatures(f, point)
        yield f"kind(f ({shown}), point)", answer.kind(f, point)
