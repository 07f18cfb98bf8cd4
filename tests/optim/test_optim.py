"""What holds for every optimiser of `jaxdl.optim`, without PyTorch."""

import doctest
import math
import sys
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from safetensors import safe_open

import jaxdl.optim
from jaxdl.optim import OPTIMIZERS
from jaxdl.optim._common import bias_correction
from jaxdl.parity.tolerances import TOLERANCES, relative_error
from tests.optim.cases import CASES, PAIRS, PROBLEMS, QUICK, make, run_case

GOLDEN = Path(__file__).with_name("golden.safetensors")
GOLDEN_CASES = {
    "sgd-nesterov",
    "adam",
    "adafactor-decay",
    "asgd-averaging",
    "lbfgs-wolfe",
    "muon",
    "nadam-decoupled",
    "radam-decoupled",
    "rprop",
}

# A nested tree with a matrix, a vector and a scalar.
TREE = {
    "layer": (np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.3, -0.7])),
    "scale": np.array(1.5),
}


def tree_of(name):
    """Muon takes matrices alone."""
    return {"layer": TREE["layer"][0]} if name == "muon" else TREE


def quadratic(params):
    return sum(jnp.sum((leaf - 1) ** 2) for leaf in jax.tree.leaves(params))


def one_step(optimizer, params, state, objective=quadratic):
    value, gradients = jax.value_and_grad(objective)(params)
    updates, state = optimizer.update(gradients, state, params, value=value, value_fn=objective)
    return optax.apply_updates(params, updates), state


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("case", "problem"), [pair for pair in PAIRS if pair[0] in GOLDEN_CASES])
def test_200_steps_follow_the_golden_file(case, problem, dtype):
    """A case of each kind; every case is compared live where PyTorch is."""
    losses, trajectory, _ = run_case(case, PROBLEMS[problem], dtype)
    key = f"{case}/{problem}/{dtype}"
    with safe_open(GOLDEN, framework="numpy") as golden:
        error = relative_error(losses[::10], golden.get_tensor(f"{key}/loss"))
        assert error <= TOLERANCES[dtype, "trajectory"]
        for name, values in trajectory.items():
            error = relative_error(values[-1], golden.get_tensor(f"{key}/{name}"))
            assert error <= TOLERANCES[dtype, "parameter"], name


def test_golden_file_says_where_it_comes_from():
    with safe_open(GOLDEN, framework="numpy") as golden:
        assert {"torch", "command", "steps", "seed", "code"} == set(golden.metadata())
    assert GOLDEN.stat().st_size < 100_000


@pytest.mark.parametrize(
    ("case", "dtype"),
    [
        *((case, dtype) for case in CASES for dtype in ("float64", "float32")),
        *((case, "bfloat16") for case in CASES if case in OPTIMIZERS),  # each with its defaults
    ],
)
def test_state_follows_the_params_dtype_and_nothing_recompiles(case, dtype):
    with jax.enable_x64(dtype == "float64"):
        tree = tree_of(CASES[case][0])
        params = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype), tree)
        optimizer = make(case, dtype)
        state = optimizer.init(params)
        traces = []

        @partial(jax.jit, compiler_options=QUICK)
        def step(params, state):
            traces.append(None)
            return one_step(optimizer, params, state)

        new_params, new_state = step(params, state)
        step(new_params, new_state)
        assert len(traces) == 1
        for before, after in ((params, new_params), (state, new_state)):
            assert jax.tree.structure(before) == jax.tree.structure(after)
            assert jax.tree.map(jnp.shape, before) == jax.tree.map(jnp.shape, after)
        if CASES[case][0] == "nadam":  # its product is a number of its own
            new_state = optax.tree.set(new_state, mu_product=())
        for leaf in jax.tree.leaves((new_params, new_state)):
            assert leaf.dtype == (dtype if jnp.issubdtype(leaf.dtype, jnp.floating) else jnp.int32)
        assert all(jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(new_params))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_scan_under_jit_equals_steps_without_jit(name):
    with jax.enable_x64(True):
        start = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), tree_of(name))
        optimizer = optax.with_extra_args_support(OPTIMIZERS[name]())
        params, state = start, optimizer.init(start)
        for _ in range(2):
            params, state = one_step(optimizer, params, state)

        def body(carry, _):
            return one_step(optimizer, *carry), None

        run = jax.jit(lambda carry: jax.lax.scan(body, carry, length=2)[0])
        scanned, _ = run((start, optimizer.init(start)))
        for ours, loop in zip(jax.tree.leaves(scanned), jax.tree.leaves(params), strict=True):
            np.testing.assert_allclose(ours, loop, rtol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_fresh_state_can_be_donated(name):
    """No array stands in it twice: a compiled epoch takes over the memory of each once."""
    params = jax.tree.map(lambda leaf: jnp.asarray(leaf, "float32"), tree_of(name))
    leaves = jax.tree.leaves(OPTIMIZERS[name]().init(params))
    places = [leaf.unsafe_buffer_pointer() for leaf in leaves if isinstance(leaf, jax.Array)]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_zero_gradient_moves_nothing(name):
    """But for the decay that ASGD, AdamW and Muon have by default."""
    decay = {"asgd": 2e-6, "adamw": 2e-5, "muon": 2e-4}.get(name, 0)
    params = jax.tree.map(jnp.asarray, tree_of(name))
    optimizer = optax.with_extra_args_support(OPTIMIZERS[name]())
    moved, _ = one_step(optimizer, params, optimizer.init(params), lambda params: jnp.zeros([]))
    for ours, start in zip(jax.tree.leaves(moved), jax.tree.leaves(params), strict=True):
        np.testing.assert_allclose(ours, start, rtol=decay)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_learning_rate_0_moves_nothing(name):
    # Rprop's smallest step size holds even then, in PyTorch too.
    chosen = {"step_sizes": (0.0, 50.0)} if name == "rprop" else {}
    params = jax.tree.map(jnp.asarray, tree_of(name))
    optimizer = optax.with_extra_args_support(OPTIMIZERS[name](0.0, **chosen))
    moved, _ = one_step(optimizer, params, optimizer.init(params))
    assert jax.tree.all(jax.tree.map(lambda a, b: bool(jnp.array_equal(a, b)), moved, params))


@pytest.mark.parametrize("name", sorted(set(OPTIMIZERS) - {"lbfgs", "muon"}))
def test_maximize_climbs_as_minimizing_descends(name):
    params = jax.tree.map(jnp.asarray, tree_of(name))
    down, up = OPTIMIZERS[name](), OPTIMIZERS[name](maximize=True)
    gradients = jax.grad(quadratic)(params)
    descent, _ = down.update(gradients, down.init(params), params)
    ascent, _ = up.update(jax.tree.map(jnp.negative, gradients), up.init(params), params)
    assert jax.tree.all(jax.tree.map(lambda a, b: bool(jnp.array_equal(a, b)), descent, ascent))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_descends(name):
    params = jax.tree.map(jnp.asarray, tree_of(name))
    optimizer = optax.with_extra_args_support(OPTIMIZERS[name]())
    moved, _ = one_step(optimizer, params, optimizer.init(params))
    assert quadratic(moved) < quadratic(params)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        *((name, {"learning_rate": -1.0}, "learning_rate") for name in OPTIMIZERS),
        *((name, {"learning_rate": math.nan}, "learning_rate") for name in OPTIMIZERS),
        ("sgd", {"momentum": -0.1}, "momentum"),
        ("sgd", {"weight_decay": -0.1}, "weight_decay"),
        ("sgd", {"nesterov": True}, "nesterov"),
        ("sgd", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "nesterov"),
        ("adadelta", {"rho": 1.5}, "rho"),
        ("adafactor", {"beta2_decay": 0.5}, "beta2_decay"),
        ("adafactor", {"eps": (-1.0, 1e-3)}, "eps"),
        ("adafactor", {"d": 0.5}, "d must"),
        ("adagrad", {"lr_decay": -0.1}, "lr_decay"),
        ("adagrad", {"initial_accumulator_value": -0.1}, "initial_accumulator_value"),
        ("adam", {"betas": (1.0, 0.9)}, "betas"),
        ("adam", {"betas": (0.9, -0.1)}, "betas"),
        ("adam", {"eps": -1e-8}, "eps"),
        ("adamax", {"betas": (0.9, 1.0)}, "betas"),
        ("adamw", {"weight_decay": -0.1}, "weight_decay"),
        ("muon", {"momentum": -0.1}, "momentum"),
        ("muon", {"ns_steps": 100}, "ns_steps"),
        ("muon", {"adjust_lr_fn": "moonshot"}, "adjust_lr_fn"),
        ("nadam", {"momentum_decay": -0.1}, "momentum_decay"),
        ("radam", {"betas": (0.9, 1.0)}, "betas"),
        ("sparse_adam", {"eps": -1e-8}, "eps"),
        ("asgd", {"t0": -1.0}, "t0"),
        ("rmsprop", {"alpha": -0.1}, "alpha"),
        ("rprop", {"etas": (1.2, 0.5)}, "etas"),
        ("lbfgs", {"line_search_fn": "armijo"}, "line_search_fn"),
        ("lbfgs", {"max_iter": 0}, "max_iter"),
        ("lbfgs", {"history_size": 0}, "history_size"),
        ("lbfgs", {"tolerance_grad": -1.0}, "tolerance_grad"),
    ],
)
def test_a_bad_argument_is_one_clear_line(name, arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        OPTIMIZERS[name](**arguments)
    assert "\n" not in str(error.value)


def test_lbfgs_without_params_says_so():
    optimizer = jaxdl.optim.lbfgs()
    params = jnp.ones(2)
    with pytest.raises(ValueError, match="needs the params"):
        optimizer.update(params, optimizer.init(params), value=jnp.ones([]), value_fn=quadratic)


def test_every_example_runs():
    modules = [module for name, module in sys.modules.items() if name.startswith("jaxdl.optim")]
    results = [doctest.testmod(module) for module in modules]
    assert sum(result.failed for result in results) == 0
    others = {"", "clipping", "differences", "layout", "slots"}
    others |= {"combine", "cycles", "decay", "plateau"}  # the schedules
    assert sum(result.attempted > 0 for result in results) == len(OPTIMIZERS) + len(others)


# What the docstrings say of Optax, each a trap for whoever ports a model.


def first_update(optimizer, gradient=2.0):
    params = jnp.array([1.0])
    gradients = jnp.full_like(params, gradient)
    return float(optimizer.update(gradients, optimizer.init(params), params)[0][0])


def test_float32_bias_correction_keeps_its_digits():
    exact = 1 - 0.999
    assert abs(bias_correction(0.999, jnp.int32(1)) / exact - 1) < 1e-6
    assert abs((1 - jnp.float32(0.999)) / exact - 1) > 1e-5  # what Optax divides by
    assert bias_correction(0.0, jnp.int32(1)) == 1


def test_optax_adam_fails_under_strict_promotion():
    with pytest.raises(jax.dtypes.TypePromotionError):
        first_update(optax.adam(0.1))


def test_optax_rmsprop_has_eps_inside_the_square_root():
    ours = jaxdl.optim.rmsprop(0.1, alpha=0.75, eps=1.0)
    assert first_update(ours) == pytest.approx(-0.1 * 2 / (1 + 1))  # ν = 0.25 · 2²
    theirs = optax.rmsprop(0.1, decay=0.75, eps=1.0)
    assert first_update(theirs) == pytest.approx(-0.1 * 2 / math.sqrt(1 + 1))


def test_optax_adagrad_starts_its_sum_at_a_tenth():
    assert first_update(jaxdl.optim.adagrad(0.1)) == pytest.approx(-0.1)
    assert first_update(optax.adagrad(0.1)) == pytest.approx(-0.1 * 2 / math.sqrt(4 + 0.1))


def test_sgd_leaves_the_first_gradient_undamped():
    optimizer = jaxdl.optim.sgd(1.0, momentum=0.5, dampening=0.25)
    params = jnp.array([0.0])
    first, state = optimizer.update(jnp.array([2.0]), optimizer.init(params), params)
    second, _ = optimizer.update(jnp.array([4.0]), state, params)
    assert (first[0], second[0]) == (-2.0, -(0.5 * 2 + 0.75 * 4))


def test_rprop_takes_its_first_step_at_once():
    assert first_update(jaxdl.optim.rprop(0.1)) == pytest.approx(-0.1)
