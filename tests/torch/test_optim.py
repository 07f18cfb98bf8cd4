"""`jaxdl.optim` against `torch.optim`, live: 200 steps on a linear and on a non-convex problem."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from safetensors import safe_open
from torch.optim.lbfgs import _strong_wolfe

from jaxdl.optim import OPTIMIZERS
from jaxdl.optim.strong_wolfe import Point, strong_wolfe
from jaxdl.parity.tolerances import TOLERANCES, relative_error
from tests.optim.cases import CASES, PAIRS, PROBLEMS, run_case
from tests.optim.wrapped import FACTOR, FIRST, OPTIONS, STEPS, problem_of, trajectories
from tests.torch.reference import CLASSES, LOSSES, make_sparse, run_reference
from tests.torch.write_optim_golden import PATH, code_hash

DTYPES = ("float64", "float32")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("case", "problem"), PAIRS)
def test_200_steps_follow_torch(case, problem, dtype):
    losses, trajectory, state = run_case(case, PROBLEMS[problem], dtype)
    torch_losses, torch_trajectory, torch_state = run_reference(case, problem, dtype)

    assert relative_error(losses, torch_losses) <= TOLERANCES[dtype, "trajectory"]
    for name, values in torch_trajectory.items():
        ours = trajectory[name]
        assert relative_error(ours, values) <= TOLERANCES[dtype, "trajectory"], name
        assert relative_error(ours[-1], values[-1]) <= TOLERANCES[dtype, "parameter"], name

    if CASES[case][0] == "asgd":
        ax = optax.tree.get(state, "ax")
        for name, reference in torch_state.items():
            error = relative_error(ax[name], reference["ax"].numpy())
            assert error <= TOLERANCES[dtype, "parameter"], name
    if CASES[case][0] == "lbfgs" and dtype == "float64":
        # Every early exit was taken at the same place; PyTorch keeps the counts with the first.
        reference = next(iter(torch_state.values()))
        assert (state.step, state.evaluations) == (reference["n_iter"], reference["func_evals"])


@pytest.fixture
def torch_float64():
    """PyTorch's default dtype, to which it rounds ASGD's η."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.usefixtures("torch_float64")
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_schedule_is_torchs_scheduler_stepped_after_the_optimizer(name):
    """Also where PyTorch asks late (ASGD), once an update (L-BFGS) or once only (Rprop)."""
    problem = PROBLEMS[problem_of(name)]
    inputs, targets = torch.tensor(problem.inputs), torch.tensor(problem.targets)
    params = {key: torch.tensor(value, requires_grad=True) for key, value in problem.params.items()}
    optimizer = CLASSES[name](params.values(), lr=FIRST, **OPTIONS[name])
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, FACTOR)

    def closure():
        optimizer.zero_grad()
        loss = LOSSES[problem_of(name)](params, inputs, targets)
        loss.backward()
        if name == "sparse_adam":
            make_sparse(params.values())
        return loss

    for count in range(STEPS):
        optimizer.step(closure)
        scheduler.step()
        for key, values in trajectories(name, ("schedule",))["schedule"].items():
            error = relative_error(values[count], params[key].detach().numpy())
            assert error <= 1e-12, (key, count)


def test_golden_file_is_of_this_code():
    with safe_open(PATH, framework="numpy") as golden:
        assert golden.metadata()["code"] == code_hash()


def test_cases_cover_every_optimiser():
    assert {name for name, _ in CASES.values()} == set(OPTIMIZERS) == set(CLASSES)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_keywords_and_defaults_are_torchs(name):
    ours = inspect.signature(OPTIMIZERS[name]).parameters
    theirs = inspect.signature(CLASSES[name]).parameters
    how_it_runs = {"params", "foreach", "fused", "capturable", "differentiable"}
    names = {key: "learning_rate" if key == "lr" else key for key in theirs}
    defaults = {
        names[key]: parameter.default for key, parameter in theirs.items() if key not in how_it_runs
    }
    assert {key: parameter.default for key, parameter in ours.items()} == defaults


def test_float64_params_do_not_make_torchs_asgd_float64():
    """PyTorch rounds η to the default dtype: why `run_reference` sets it."""
    param = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.ASGD([param], lr=0.1)
    param.grad = torch.ones_like(param)
    optimizer.step()
    assert optimizer.state[param]["eta"].dtype == torch.float32


# Objectives for the line search: with many minima, a far one, a flat one, none, a sharp one.
CURVES = {
    "cosine": (lambda n, t: n.cos(3 * t + 0.5) + 0.02 * t * t),
    "quartic": (lambda n, t: (t - 2) ** 4 - 3 * (t - 2) ** 2 + 0.5 * t),
    "far": (lambda n, t: (t - 300) ** 2),
    "shallow": (lambda n, t: n.exp(-t) + 1e-3 * t),
    "falling": (lambda n, t: -t),
    "steep": (lambda n, t: 1e4 * t * t - t),
}


@pytest.fixture(scope="module")
def search():
    """Our line search from x = 0 along +1, jitted once a curve."""

    def build(curve):
        value_and_slope = jax.value_and_grad(lambda t: CURVES[curve](jnp, t))

        def evaluate(t):
            value, slope = value_and_slope(t)
            return Point(t, value, slope[None], slope)

        return jax.jit(
            lambda t, limit: strong_wolfe(
                evaluate, evaluate(jnp.zeros_like(t)), t, jnp.ones_like(t), limit
            )
        )

    return {curve: build(curve) for curve in CURVES}


@pytest.mark.parametrize("curve", CURVES)
def test_line_search_is_torchs(curve, search):
    """The same point after the same number of evaluations, from any first guess, at any limit."""

    def objective(x, t, d):
        point = (x + t * d).requires_grad_()
        value = CURVES[curve](torch, point).sum()
        return value.item(), torch.autograd.grad(value, point)[0]

    x, d = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    value, gradient = objective(x, 0.0, d)
    for guess in (1e-4, 0.03, 0.3, 1.0, 1.7, 4.0, 50.0):
        for limit in (0, 1, 2, 3, 5, 25):
            theirs = _strong_wolfe(
                objective, x, guess, d, value, gradient, gradient.dot(d), max_ls=limit
            )
            with jax.enable_x64(True):
                ours, evaluations = search[curve](jnp.asarray(guess, float), jnp.int32(limit))
                assert evaluations == theirs[3], (guess, limit)
                expected = [theirs[0], float(theirs[1][0]), float(theirs[2])]
                found = [ours.value, ours.gradient[0], ours.step_size]
                np.testing.assert_allclose(
                    found, expected, rtol=1e-10, atol=1e-10, err_msg=f"{guess} {limit}"
                )
