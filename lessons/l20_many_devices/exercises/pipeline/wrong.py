"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def table(ticks, parts, stages, sign=-1, upper=True):
    part = jnp.arange(ticks)[None] + sign * jnp.arange(stages)[:, None]
    there = (part >= 0) & (part < parts) if upper else part >= 0
    return jnp.where(there, part, -1)


@wrong(
    "timetable",
    "One tick too many: the last stage begins at tick stages - 1 and needs `parts` ticks from "
    "there.",
    "多了一拍：最后一级从第 stages - 1 拍开始，从那时起要 parts 拍。",
)
def a_tick_too_many(parts, stages):
    return table(parts + stages, parts, stages)


@wrong(
    "timetable",
    "These are as many ticks as if one part went through after the other: nothing overlaps.",
    "这是一份走完再走下一份所需的拍数：没有任何重叠。",
)
def one_after_the_other(parts, stages):
    return table(parts * stages, parts, stages)


@wrong(
    "timetable",
    "A later stage is behind the first one, not ahead of it: at tick 1 stage 1 has part 0.",
    "后面的级比第一级晚，而不是早：第 1 拍时第 1 级算的是第 0 份。",
)
def ahead(parts, stages):
    return table(parts + stages - 1, parts, stages, sign=1)


@wrong(
    "timetable",
    "After its last part a stage has nothing any more; there is no part of that number.",
    "一级算完最后一份之后就空闲了；没有那个编号的份。",
)
def parts_that_are_not_there(parts, stages):
    return table(parts + stages - 1, parts, stages, upper=False)


@wrong(
    "idle",
    "This is the idle ticks beside the busy ones. Their share is of all ticks.",
    "这是空闲的拍与忙碌的拍之比。要的是占全部拍数的比例。",
)
def beside_the_busy(parts, stages):
    return (stages - 1) / parts


@wrong(
    "idle",
    "This is the share of the ticks in which a stage is busy.",
    "这是忙碌的拍所占的比例。",
)
def busy(parts, stages):
    return parts / (parts + stages - 1)
