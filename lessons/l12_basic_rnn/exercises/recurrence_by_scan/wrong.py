"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l12_basic_rnn.exercises.recurrence_by_scan.solution import run, step


@wrong(
    "run",
    "scan walks along axis 0, which is the batch here: bring the time to the front first.",
    "scan 沿第 0 轴走，而这里第 0 轴是 batch：先把时间换到最前面。",
)
def along_the_batch(x, h):
    last, states = jax.lax.scan(lambda h, x_t: (step(h, x_t),) * 2, h, x)
    return states, last


@wrong(
    "run",
    "What scan has kept stands along axis 0: states must get the batch back to the front.",
    "scan 保留下来的值沿第 0 轴排列：states 还要把 batch 换回最前面。",
)
def not_turned_back(x, h):
    states, last = run(x, h)
    return states.swapaxes(0, 1), last


@wrong(
    "run",
    "The state goes on as it came: the first of the pair must be the new one.",
    "传下去的还是原来的状态：这一对里的第一个必须是新状态。",
)
def state_not_handed_on(x, h):
    last, states = jax.lax.scan(lambda h, x_t: (h, step(h, x_t)), h, x.swapaxes(0, 1))
    return states.swapaxes(0, 1), last


@wrong(
    "run",
    "These are the states before each step: the new one is to be kept.",
    "保留的是每一步之前的状态：应当保留新的。",
)
def the_old_ones_kept(x, h):
    last, states = jax.lax.scan(lambda h, x_t: (step(h, x_t), h), h, x.swapaxes(0, 1))
    return states.swapaxes(0, 1), last


@wrong(
    "run",
    "step takes the state first, then the input.",
    "step 的第一个参数是状态，第二个才是输入。",
)
def arguments_exchanged(x, h):
    last, states = jax.lax.scan(lambda h, x_t: (step(x_t, h),) * 2, h, x.swapaxes(0, 1))
    return states.swapaxes(0, 1), last
