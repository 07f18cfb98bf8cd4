"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "step",
    "The key itself draws, the same in every step: each step adds the same noise.",
    "直接用这个 key 来抽，每一步都相同：加上的是同样的噪声。",
)
def one_key(state):
    noise = jax.random.normal(state["key"], state["w"].shape)
    return state | {"count": state["count"] + 1, "w": state["w"] + noise}


@wrong(
    "step",
    "The count is not carried: the next step folds the same number in, and draws the same again.",
    "count 没有传下去：下一步折进同样的数，抽到的也就相同。",
)
def count_not_carried(state):
    fresh = jax.random.fold_in(state["key"], state["count"])
    return state | {"w": state["w"] + jax.random.normal(fresh, state["w"].shape)}


@wrong(
    "step",
    "The first step is right, and then the key has become another one. Keep it: the count alone "
    "tells the steps apart.",
    "第一步是对的，但之后 key 就变了。请保留它：用 count 就足以区分各步。",
)
def key_replaced(state):
    fresh = jax.random.fold_in(state["key"], state["count"])
    noise = jax.random.normal(fresh, state["w"].shape)
    return {"key": fresh, "count": state["count"] + 1, "w": state["w"] + noise}


@wrong(
    "step",
    "count is the number of the steps before this one; here that of the next is folded in.",
    "count 是这一步之前走过的步数；这里折进去的是下一步的。",
)
def counted_ahead(state):
    fresh = jax.random.fold_in(state["key"], state["count"] + 1)
    noise = jax.random.normal(fresh, state["w"].shape)
    return state | {"count": state["count"] + 1, "w": state["w"] + noise}


@wrong(
    "step",
    "This changes the old state, too: whoever takes a step again from it begins somewhere else.",
    "这把旧的状态也改了：从它再走一步的人，起点已经不同。",
)
def changed_in_place(state):
    fresh = jax.random.fold_in(state["key"], state["count"])
    state["w"] = state["w"] + jax.random.normal(fresh, state["w"].shape)
    state["count"] += 1
    return state
