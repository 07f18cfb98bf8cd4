"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l12_basic_rnn.exercises.cut_the_gradient.solution import run


@wrong(
    "loss",
    "The value is right, the gradient still goes back through the first piece: nothing cuts it "
    "off. stop_gradient returns a value; that one must be used.",
    "数值是对的，但梯度仍然穿过了第一段：没有切断。stop_gradient 有返回值，要用的是它。",
)
def not_cut(w, first, second):
    return run(w, second, run(w, first, jnp.zeros(()))) ** 2


@wrong(
    "loss",
    "The cut is at the end here: no gradient at all is left. It belongs between the two pieces.",
    "这里切在了最后：什么梯度也不剩。应当切在两段之间。",
)
def cut_at_the_end(w, first, second):
    return jax.lax.stop_gradient(run(w, second, run(w, first, jnp.zeros(()))) ** 2)


@wrong(
    "loss",
    "The second piece begins with zero: what the first one has read is forgotten.",
    "第二段又从零开始：第一段读到的都忘了。",
)
def begun_anew(w, first, second):
    return run(w, second, jnp.zeros(())) ** 2


@wrong(
    "loss",
    "It is the state that is cut off. In the second piece w must keep its gradient.",
    "要切断的是状态。在第二段里，w 必须保留梯度。",
)
def cut_around_w(w, first, second):
    h = run(w, first, jnp.zeros(()))
    return run(jax.lax.stop_gradient(w), second, h) ** 2
