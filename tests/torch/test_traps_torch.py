"""Traps of docs/porting.md that no other file holds: both sides of each, and the cure."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from flax import nnx
from torch.nn import functional

from jaxdl import nn, optim, replay
from jaxdl.parity import MapError, convert, relative_error

START = np.array([0.7, -1.2, 0.4])


def leaf(array=START):
    return torch.tensor(array, requires_grad=True)


@pytest.fixture
def float64():
    with jax.enable_x64(True):
        yield


def test_trap_20_what_a_tpus_default_rounds():
    a, b = np.random.default_rng(0).normal(size=(2, 32, 32)).astype("float32")
    wanted = torch.from_numpy(a) @ torch.from_numpy(b)
    low = [jnp.asarray(x, jnp.bfloat16) for x in (a, b)]
    found = jnp.matmul(*low, preferred_element_type=jnp.float32)
    assert 1e-4 < relative_error(found, wanted) < 1e-2
    # A CPU has no other precision than the highest: the default is it.
    for precision in (None, "highest"):
        assert relative_error(jnp.matmul(a, b, precision=precision), wanted) < 1e-6
    assert not torch.backends.cuda.matmul.allow_tf32


def test_trap_25_numbers_are_cut_to_32_bits():
    wide, whole = np.array([1e8 + 1]), np.array([2**33 + 7])
    assert torch.from_numpy(wide).item() == 1e8 + 1
    assert torch.from_numpy(whole).item() == 2**33 + 7
    assert jnp.asarray(wide).dtype == jnp.float32
    assert float(jnp.asarray(wide)[0]) == 1e8
    assert jnp.asarray(whole)[0] == 7
    with jax.enable_x64(True):
        assert float(jnp.asarray(wide)[0]) == 1e8 + 1
        assert int(jnp.asarray(whole)[0]) == 2**33 + 7


def test_trap_27_buffers_are_no_parameters():
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    model(torch.randn(5, 3))
    assert "1.num_batches_tracked" in model.state_dict()
    net = nnx.List([nn.Linear(3, 2, rngs=nnx.Rngs(0)), nn.BatchNorm(2, rngs=nnx.Rngs(0))])
    found = convert(model, net)
    _, params, rest = nnx.split(found.params, nnx.Param, ...)
    assert len(jax.tree.leaves(params)) == len(list(model.parameters()))
    np.testing.assert_array_equal(rest[1].mean[...], model[1].running_mean)
    with pytest.raises(MapError, match="running_mean"):  # they do not fit into parameters alone
        found.parameter_map.to_jax(model.state_dict(), params)
    # Where they are trained AdamW decays them, as it does whatever has no gradient.
    optimizer = optax.adamw(0.1, weight_decay=0.1)
    zeros = jax.tree.map(jnp.zeros_like, rest)
    with jax.numpy_dtype_promotion("standard"):  # Optax's own
        updates, _ = optimizer.update(zeros, optimizer.init(rest), rest)
    assert float(updates[1].var[...][0]) < 0


@pytest.mark.filterwarnings("ignore:Implicit dimension choice")
@pytest.mark.parametrize("shape", [(4,), (4, 5), (2, 4, 5), (2, 3, 4, 5)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_trap_29_softmax_without_an_axis_is_a_guess(name, shape):
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    wanted = getattr(functional, name)(torch.from_numpy(x))
    guessed = 0 if len(shape) in (0, 1, 3) else 1
    assert relative_error(getattr(jax.nn, name)(x, axis=guessed), wanted) < 1e-6
    same = guessed == len(shape) - 1
    assert (relative_error(getattr(jax.nn, name)(x), wanted) < 1e-6) == same


def test_trap_30_grad_adds_up_until_it_is_zeroed(float64):
    w, slope = leaf(), jax.grad(lambda w: jnp.sum(w**3))
    for _ in range(2):
        (w**3).sum().backward()
    assert relative_error(2 * slope(START), w.grad) < 1e-14
    multi, start = optax.MultiSteps(optax.sgd(1.0), 2), START.astype("float32")  # as its sums are
    state = multi.init(start)
    with jax.numpy_dtype_promotion("standard"):  # Optax's own
        for _ in range(2):
            updates, state = multi.update(slope(start), state, start)
    assert relative_error(-2 * updates, w.grad) < 1e-6  # a mean, where PyTorch has the sum


def test_trap_31_the_gradient_of_a_tied_weight_is_a_sum(float64):
    w = leaf()
    (w * 2).sin().dot(w.exp()).backward()
    both = lambda a, b: jnp.sum(jnp.sin(a * 2) * jnp.exp(b))  # noqa: E731
    parts = jax.grad(both, (0, 1))(jnp.asarray(START), jnp.asarray(START))
    assert relative_error(parts[0], w.grad) > 0.1
    assert relative_error(parts[0] + parts[1], w.grad) < 1e-14
    assert relative_error(jax.grad(lambda w: both(w, w))(START), w.grad) < 1e-14


@pytest.mark.parametrize("unused", [True, False])
def test_trap_32_a_frozen_parameter_is_not_decayed(float64, unused):
    """Nor moved by what its momentum has kept of the steps before it was frozen."""
    w = leaf()
    theirs = torch.optim.AdamW([w], 0.1)
    if not unused:
        (w**2).sum().backward()
        theirs.step()
        w.requires_grad_(False)
        theirs.zero_grad()
    held = w.numpy(force=True).copy()
    theirs.step()
    np.testing.assert_array_equal(w.numpy(force=True), held)

    ours, params = optim.adamw(0.1), jnp.asarray(START)
    state = ours.init(params)
    if not unused:
        updates, state = ours.update(2 * params, state, params)
        params = optax.apply_updates(params, updates)
        assert relative_error(params, held) < 1e-14
    updates, _ = ours.update(jnp.zeros(3), state, params)
    assert jnp.all(updates != 0)
    frozen = optax.multi_transform({"frozen": optax.set_to_zero()}, "frozen")
    updates, _ = frozen.update(jnp.zeros(3), frozen.init(params), params)
    assert relative_error(optax.apply_updates(params, updates), held) < 1e-14


def test_trap_33_grad_refuses_an_integer_leaf(float64):
    w = leaf()
    (w**3).sum().backward()
    loss = lambda params: jnp.sum(params["w"] ** params["count"])  # noqa: E731
    with pytest.raises(TypeError, match="int"):
        jax.grad(loss)({"w": START, "count": 3})
    assert relative_error(jax.grad(lambda w: loss({"w": w, "count": 3}))(START), w.grad) < 1e-14


def test_trap_36_a_branch_that_begins_with_scale_zero_is_the_identity():
    x = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
    norm = torch.nn.BatchNorm1d(4)
    torch.nn.init.zeros_(norm.weight)
    wanted = torch.from_numpy(x) + norm(torch.from_numpy(x) * 3)
    np.testing.assert_array_equal(wanted.numpy(force=True), x)
    zero = nn.BatchNorm(4, scale_init=nnx.initializers.zeros, rngs=nnx.Rngs(0))
    np.testing.assert_array_equal(x + zero(x * 3), x)
    assert relative_error(x + nn.BatchNorm(4, rngs=nnx.Rngs(0))(x * 3), x) > 0.1


def test_trap_39_a_complex_gradient_is_the_conjugate(float64):
    start = np.array([1 + 2j, -0.5 + 1j])
    w = leaf(start)
    ((w * w).real.sum() + (w.abs() ** 3).sum()).backward()
    loss = lambda w: jnp.sum((w * w).real) + jnp.sum(jnp.abs(w) ** 3)  # noqa: E731
    found = jax.grad(loss)(start)
    assert relative_error(found, w.grad) > 0.1
    assert relative_error(jnp.conj(found), w.grad) < 1e-14
    assert loss(start - 1e-3 * found.conj()) < loss(start)


def test_trap_41_the_mask_is_replayed_and_taken():
    torch.manual_seed(3)
    x = torch.linspace(1, 2, 1000)
    dropped = functional.dropout(x, 0.3)
    generator = replay.Generator(3)
    keep = replay.dropout_mask(generator, x.shape, 0.3)
    assert relative_error(nn.dropout(x.numpy(), 0.3, keep=keep), dropped) < 1e-6
    assert torch.rand(1).item() == generator.rand(1).item()  # the streams go on together


def test_trap_31_convert_fills_one_leaf_of_a_tied_model():
    model = torch.nn.Sequential(
        torch.nn.Linear(3, 2, bias=False), torch.nn.Linear(3, 2, bias=False)
    )
    model[1].weight = model[0].weight
    found = convert(model, {"0": {"kernel": np.zeros((3, 2), np.float32)}})
    np.testing.assert_array_equal(found.params["0"]["kernel"], model[0].weight.numpy(force=True).T)
