"""What is looked at: a minimum, a maximum and a saddle, in an order that is drawn."""

import jax.numpy as jnp

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    # Twice the matrix [[a, c], [c, b]] is the Hessian. Where c is larger than both a and b, its
    # eigenvalues have both signs, whatever the signs on the diagonal.
    a, b = draw.number(0.5, 1.0), draw.number(0.5, 1.0)
    cases = [(a, b, 0.2), (-b, -a, 0.3), draw.one_of([(a, b, 1.5), (-a, -b, 1.7)])]
    point = draw.normal(2)
    for number, (a, b, c) in enumerate(draw.rng.permutation(cases)):
        matrix = jnp.asarray([[a, c], [c, b]], "float32")

        def f(x, matrix=matrix):
            return (x - point) @ matrix @ (x - point)

        shown = f"x² by {a:.2f}, y² by {b:.2f}, xy by {2 * c:.2f}"
        if number == 0:
            yield f"curvatures(f, point), f with {shown},", answer.curvatures(f, point)
        yield f"kind(f, point), f with {shown},", answer.kind(f, point)
    low, high, other = (draw.number(0.5, 1.0) * sign for sign in (-1, 1, draw.one_of([-1, 1])))
    curved = jnp.asarray(draw.rng.permutation([low, high, other, other]), "float32")
    where = draw.normal(4)
    shown = f"four squares, by {[round(float(c), 2) for c in curved]}"
    saddle = lambda x: jnp.sum(curved * (x - where) ** 2)  # noqa: E731
    yield f"kind(f, point), f with {shown},", answer.kind(saddle, where)
