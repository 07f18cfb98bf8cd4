"""The tape: its gradients against JAX's, its behaviour and its errors in numbers and words."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl.autograd import tape
from jaxdl.autograd.tape import Tensor, no_grad
from jaxdl.parity import relative_error
from tests.autograd.tape_cases import BEHAVIOUR, CASES, ERRORS


def leaf(data):
    return Tensor(data, requires_grad=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_value_and_gradients_are_those_of_jax(case):
    leaves = [leaf(array) for array in case.inputs]
    result = case.tape(*leaves)
    upstream = np.random.default_rng(1).normal(size=result.shape)
    result.backward(Tensor(upstream))
    with (
        jax.enable_x64(True),
        jax.disable_jit(),
        jax.numpy_rank_promotion("allow"),
        jax.numpy_dtype_promotion("standard"),
    ):
        inputs = [jnp.asarray(array) for array in case.inputs]
        value, back = jax.vjp(lambda *x: case.jax(jnp, *x), *inputs)
        gradients = back(jnp.asarray(upstream))
    assert relative_error(result.array, np.asarray(value)) < 1e-12
    for ours, theirs in zip(leaves, gradients, strict=True):
        assert ours.grad.shape == ours.shape
        assert relative_error(ours.grad.array, np.asarray(theirs)) < 1e-12


@pytest.mark.parametrize("program", BEHAVIOUR, ids=lambda program: program.__name__)
def test_behaviour(program):
    for ours, expected in zip(program(leaf, no_grad), BEHAVIOUR[program], strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours.array, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("program", ERRORS, ids=lambda program: program.__name__)
def test_error(program):
    with pytest.raises(RuntimeError, match=ERRORS[program]):
        program(leaf, no_grad)


def test_a_base_with_a_view_does_not_change_in_place_unnoticed():
    a = leaf([1.0, 2.0]) * 3
    view = a[0]
    with pytest.raises(RuntimeError, match="view of what has a history"):
        a.mul_(2)
    assert view.item() == 3


def test_the_graph_goes_when_the_loss_goes():
    import weakref

    l = (leaf([1.0, 2.0]).exp() ** 2).sum()
    nodes = [weakref.ref(l.grad_fn), weakref.ref(l.grad_fn.links[0].node)]
    del l
    assert [node() for node in nodes] == [None, None]


def test_it_can_be_read():
    text = Path(tape.__file__).read_text("utf-8")
    assert len(text.splitlines()) < 250
