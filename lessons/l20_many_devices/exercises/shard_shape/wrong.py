"""Typical wrong answers."""

import math

from jaxdl.course.exercises import wrong
from lessons.l20_many_devices.exercises.shard_shape.solution import piece as right_piece


@wrong(
    "piece",
    "The axes behind the end of spec are gone; they are there, uncut.",
    "spec 之后的那些轴不见了；它们还在，只是不切。",
)
def as_short_as_spec(shape, spec, mesh):
    return right_piece(shape[: len(spec)], spec, mesh)


@wrong(
    "piece",
    "Divided by the number of all devices. An axis is cut into as many pieces as its axis of the "
    "mesh has devices.",
    "除以了所有设备的数目。一个轴切成几块，取决于对应的那个网格轴上有几个设备。",
)
def by_all_devices(shape, spec, mesh):
    spec = [*spec, *[None] * (len(shape) - len(spec))]
    devices = math.prod(mesh.values())
    return tuple(s if axis is None else s // devices for s, axis in zip(shape, spec, strict=True))


@wrong(
    "piece",
    "Here the first axis is divided, whatever spec says. Each axis of the array has its own entry.",
    "这里不管 spec 怎么写，除的都是第一个轴。数组的每个轴各有一项。",
)
def the_first_axis(shape, spec, mesh):
    return (shape[0] // math.prod(mesh[axis] for axis in spec if axis), *shape[1:])


@wrong(
    "held",
    "What is cut along one axis of the mesh is copied along the other: this is right only for "
    "whole copies and for none.",
    "沿网格的一个轴切开的数组，沿另一个轴仍有副本：这只在完全复制和完全不复制时才对。",
)
def all_or_nothing(shape, spec, mesh):
    return 1 if any(spec) else math.prod(mesh.values())


@wrong(
    "held",
    "This is into how many pieces the array is cut. How many devices share each piece?",
    "这是数组切成了几块。每一块有几个设备各存了一份？",
)
def number_of_pieces(shape, spec, mesh):
    return math.prod(mesh[axis] for axis in spec if axis)
