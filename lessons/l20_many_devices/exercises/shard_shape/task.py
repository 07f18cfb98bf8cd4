import math


def piece(shape, spec, mesh):
    spec = [*spec, *[None] * (len(shape) - len(spec))]
    return tuple(...)


def held(shape, spec, mesh):
    return ...
