"""What is looked at: the lengths for four settings, some of which do not come out even."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    p, k = draw.integer(1, 3), draw.integer(5, 7)
    # n + 2p - k is a multiple of the stride and 1 more: it does not come out even.
    for s, rest in ((2, 1), (3, 1), (1, 0), (4, 0)):
        n = s * draw.integer(6, 20) + rest + k - 2 * p
        yield f"size({n}, {k}, {s}, {p})", answer.size(n, k, s, p)
