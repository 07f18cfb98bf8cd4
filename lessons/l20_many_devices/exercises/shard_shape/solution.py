"""An axis is divided by its mesh axis alone; what the spec does not name is copied."""

import math


def piece(shape, spec, mesh):
    spec = [*spec, *[None] * (len(shape) - len(spec))]
    return tuple(
        size if axis is None else size // mesh[axis] for size, axis in zip(shape, spec, strict=True)
    )


def held(shape, spec, mesh):
    return math.prod(mesh.values()) * math.prod(piece(shape, spec, mesh)) // math.prod(shape)
