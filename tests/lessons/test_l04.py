"""Lesson 4's figure: what is in its graphs is what the programs computed, and all of it is used."""

import jax
import jax.numpy as jnp
import pytest

from jaxdl import plots
from lessons.l04_back_propagation import functional


def boxes(function, model="line", results=("l",)):
    params = functional.init(None, model)
    names = sorted(params) if isinstance(params, dict) else ["w"]
    loss = lambda p: functional.loss(p, (3.0, 6.0), model)  # noqa: E731
    jaxpr = jax.make_jaxpr(function(loss))(params)
    return plots.boxes_of_jaxpr(jaxpr, names, results, jax.tree.leaves(params))


def test_the_loss_and_its_derivative_as_boxes():
    forward = [(box.label, box.value) for box in boxes(lambda loss: loss).values()]
    assert forward == [("w", 1), ("× 3", 3), ("− 6", -3), ("square", 9), ("l", 9)]
    backward = [(box.label, box.value) for box in boxes(jax.grad, results=["slope"]).values()]
    # The square, which the derivative does not need, is not there.
    assert [label for label, _ in backward] == ["w", "× 3", "− 6", "2 ×", "1 ×", "× 3", "slope"]
    assert [value for _, value in backward] == [1, 3, -3, -6, -6, -18, -18]


def test_several_parameters():
    found = boxes(jax.grad, "parabola", ["b", "w1", "w2"])
    gradient = jax.grad(functional.loss)(functional.init(None, "parabola"), (3.0, 6.0), "parabola")
    assert {box.label: box.value for box in list(found.values())[-3:]} == gradient


def test_values_that_are_no_single_numbers_are_refused():
    jaxpr = jax.make_jaxpr(jnp.sin)(jnp.ones(2))
    with pytest.raises(TypeError):
        plots.boxes_of_jaxpr(jaxpr, ["x"], ["y"], [jnp.ones(2)])
