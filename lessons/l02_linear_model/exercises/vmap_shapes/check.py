"""What is looked at: each of the shapes, for three sizes that differ."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    m, n, k = draw.rng.permutation([2, 3, 4, 5, 6, 7, 8])[:3].tolist()
    found = answer.shapes(m, n, k)
    for name in ("a", "b", "c", "d"):
        yield f'shapes(m={m}, n={n}, k={k})["{name}"]', str(found[name])
