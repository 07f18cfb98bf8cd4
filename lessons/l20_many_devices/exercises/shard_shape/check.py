"""What is looked at: arrays cut by one axis of the mesh, by both, and not at all."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    mesh = {"data": draw.n, "model": 4}
    shape = tuple(4 * draw.n * draw.integer(5, 9) for _ in range(3))
    for spec in ((None, "model"), ("data", None, "model"), ("data",), ()):
        yield f"piece({shape}, {spec}, {mesh})", answer.piece(shape, spec, mesh)
        yield f"held({shape}, {spec}, {mesh})", answer.held(shape, spec, mesh)
