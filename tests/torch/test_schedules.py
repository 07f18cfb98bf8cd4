"""`jaxdl.optim.schedules` against `torch.optim.lr_scheduler`, stepped, at every count."""

import inspect
import math
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from torch.optim import lr_scheduler as theirs
from torch.optim.swa_utils import SWALR

from jaxdl.optim import adam, schedules, sgd
from jaxdl.optim import schedules as ours
from jaxdl.optim.schedules import SCHEDULES

BASE, STEPS = 0.3, 61


def halving(count):
    return 0.5 ** (count // 10)


def ripple(count):
    return 0.9 + 0.2 * ((count * 7) % 5) / 5


def height(x):
    return 1 / (1 + 0.1 * x)


def ripple_ours(count):
    return 0.9 + 0.2 * ((count * 7) % 5).astype(float) / 5


def halving_ours(count):
    return 0.5 ** (count // 10).astype(float)


# name: (PyTorch's, from an optimiser; ours). Each with its defaults, and where recursions may part
# from closed forms: at 0 steps, at the end, past it, a whole period on.
PAIRS = {
    "lambda": (lambda o: theirs.LambdaLR(o, halving), ours.lambda_lr(BASE, halving_ours)),
    "multiplicative": (
        lambda o: theirs.MultiplicativeLR(o, ripple),
        ours.multiplicative_lr(BASE, ripple_ours),
    ),
    "step": (lambda o: theirs.StepLR(o, 7, 0.5), ours.step_lr(BASE, 7, 0.5)),
    "step-default": (lambda o: theirs.StepLR(o, 30), ours.step_lr(BASE, 30)),
    "multi-step": (
        lambda o: theirs.MultiStepLR(o, [30, 3, 3, 0], 0.7),
        ours.multi_step_lr(BASE, [30, 3, 3, 0], 0.7),
    ),
    "constant": (lambda o: theirs.ConstantLR(o), ours.constant_lr(BASE)),
    "constant-0": (
        lambda o: theirs.ConstantLR(o, 0.5, total_iters=0),
        ours.constant_lr(BASE, 0.5, total_iters=0),
    ),
    "linear": (lambda o: theirs.LinearLR(o), ours.linear_lr(BASE)),
    "linear-down": (
        lambda o: theirs.LinearLR(o, 1.0, 0.0, 40),
        ours.linear_lr(BASE, 1.0, 0.0, 40),
    ),
    "linear-0": (
        lambda o: theirs.LinearLR(o, total_iters=0),
        ours.linear_lr(BASE, total_iters=0),
    ),
    "exponential": (lambda o: theirs.ExponentialLR(o, 0.9), ours.exponential_lr(BASE, 0.9)),
    "exponential-up": (lambda o: theirs.ExponentialLR(o, 1.1), ours.exponential_lr(BASE, 1.1)),
    "exponential-0": (lambda o: theirs.ExponentialLR(o, 0.0), ours.exponential_lr(BASE, 0.0)),
    "polynomial": (lambda o: theirs.PolynomialLR(o), ours.polynomial_lr(BASE)),
    "polynomial-long": (
        lambda o: theirs.PolynomialLR(o, 50, 1.5),
        ours.polynomial_lr(BASE, 50, 1.5),
    ),
    "polynomial-0": (lambda o: theirs.PolynomialLR(o, 0), ours.polynomial_lr(BASE, 0)),
    "cosine": (
        lambda o: theirs.CosineAnnealingLR(o, 13, 0.01),
        ours.cosine_annealing_lr(BASE, 13, 0.01),
    ),
    "cosine-whole": (lambda o: theirs.CosineAnnealingLR(o, 60), ours.cosine_annealing_lr(BASE, 60)),
    "cosine-1": (lambda o: theirs.CosineAnnealingLR(o, 1), ours.cosine_annealing_lr(BASE, 1)),
    "restarts": (
        lambda o: theirs.CosineAnnealingWarmRestarts(o, 7, eta_min=0.02),
        ours.cosine_annealing_warm_restarts(BASE, 7, eta_min=0.02),
    ),
    "restarts-longer": (
        lambda o: theirs.CosineAnnealingWarmRestarts(o, 3, 2),
        ours.cosine_annealing_warm_restarts(BASE, 3, 2),
    ),
    "cyclic": (
        lambda o: theirs.CyclicLR(o, 0.01, 0.2, 7, 4),
        ours.cyclic_lr(0.01, 0.2, 7, 4),
    ),
    "cyclic-2": (
        lambda o: theirs.CyclicLR(o, 0.01, 0.2, 6, mode="triangular2"),
        ours.cyclic_lr(0.01, 0.2, 6, mode="triangular2"),
    ),
    "cyclic-exp": (
        lambda o: theirs.CyclicLR(o, 0.01, 0.2, 6, mode="exp_range", gamma=0.97),
        ours.cyclic_lr(0.01, 0.2, 6, mode="exp_range", gamma=0.97),
    ),
    "cyclic-own": (
        lambda o: theirs.CyclicLR(o, 0.01, 0.2, 6, scale_fn=height),
        ours.cyclic_lr(0.01, 0.2, 6, scale_fn=height),
    ),
    "cyclic-own-iterations": (
        lambda o: theirs.CyclicLR(o, 0.01, 0.2, 6, scale_fn=height, scale_mode="iterations"),
        ours.cyclic_lr(0.01, 0.2, 6, scale_fn=height, scale_mode="iterations"),
    ),
    "one-cycle": (lambda o: theirs.OneCycleLR(o, 0.5, 60), ours.one_cycle_lr(0.5, 60)),
    "one-cycle-linear": (
        lambda o: theirs.OneCycleLR(
            o,
            0.5,
            epochs=12,
            steps_per_epoch=5,
            pct_start=0.25,
            anneal_strategy="linear",
            div_factor=10.0,
            final_div_factor=100.0,
        ),
        ours.one_cycle_lr(
            0.5,
            epochs=12,
            steps_per_epoch=5,
            pct_start=0.25,
            anneal_strategy="linear",
            div_factor=10.0,
            final_div_factor=100.0,
        ),
    ),
    "one-cycle-three": (
        lambda o: theirs.OneCycleLR(o, 0.5, 60, three_phase=True),
        ours.one_cycle_lr(0.5, 60, three_phase=True),
    ),
    "one-cycle-down": (
        lambda o: theirs.OneCycleLR(o, 0.5, 60, pct_start=0.0),
        ours.one_cycle_lr(0.5, 60, pct_start=0.0),
    ),
    "swa": (lambda o: SWALR(o, 0.05), ours.swa_lr(BASE, 0.05)),
    "swa-linear": (lambda o: SWALR(o, 0.05, 20, "linear"), ours.swa_lr(BASE, 0.05, 20, "linear")),
    "swa-0": (lambda o: SWALR(o, 0.05, 0), ours.swa_lr(BASE, 0.05, 0)),
    "sequential": (
        lambda o: theirs.SequentialLR(
            o,
            [
                theirs.LinearLR(o, 0.1, 1.0, 8),
                theirs.CosineAnnealingLR(o, 20),
                theirs.StepLR(o, 5, 0.5),
                theirs.CosineAnnealingWarmRestarts(o, 4),
            ],
            [8, 25, 43],
        ),
        ours.sequential_lr(
            [
                ours.linear_lr(BASE, 0.1, 1.0, 8),
                ours.cosine_annealing_lr(BASE, 20),
                ours.step_lr(BASE, 5, 0.5),
                ours.cosine_annealing_warm_restarts(BASE, 4),
            ],
            [8, 25, 43],
        ),
    ),
    "sequential-goes-on": (
        lambda o: theirs.SequentialLR(
            o,
            [theirs.ExponentialLR(o, 0.9), theirs.MultiplicativeLR(o, ripple), SWALR(o, 0.02)],
            [10, 30],
        ),
        ours.sequential_lr(
            [
                ours.exponential_lr(BASE, 0.9),
                ours.multiplicative_lr(BASE, ripple_ours),
                ours.swa_lr(BASE, 0.02),
            ],
            [10, 30],
        ),
    ),
    "chained": (
        lambda o: theirs.ChainedScheduler(
            [
                theirs.ConstantLR(o, 0.1, 20),
                theirs.ExponentialLR(o, 0.9),
                theirs.LinearLR(o, 0.5, 0.9, 9),
                theirs.MultiStepLR(o, [11, 25]),
            ]
        ),
        ours.chained_scheduler(
            [
                ours.constant_lr(BASE, 0.1, 20),
                ours.exponential_lr(BASE, 0.9),
                ours.linear_lr(BASE, 0.5, 0.9, 9),
                ours.multi_step_lr(BASE, [11, 25]),
            ]
        ),
    ),
    "chained-cosine": (
        lambda o: theirs.ChainedScheduler(
            [
                theirs.LinearLR(o, 0.25, 1.0, 6),
                theirs.CosineAnnealingLR(o, 25, 0.01),
                theirs.PolynomialLR(o, 80, 2.0),
            ]
        ),
        ours.chained_scheduler(
            [
                ours.linear_lr(BASE, 0.25, 1.0, 6),
                ours.cosine_annealing_lr(BASE, 25, 0.01),
                ours.polynomial_lr(BASE, 80, 2.0),
            ]
        ),
    ),
    "chained-undone": (
        lambda o: theirs.ChainedScheduler(
            [theirs.ExponentialLR(o, 0.9), theirs.LambdaLR(o, halving), theirs.StepLR(o, 4, 0.5)]
        ),
        ours.chained_scheduler(
            [
                ours.exponential_lr(BASE, 0.9),
                ours.lambda_lr(BASE, halving_ours),
                ours.step_lr(BASE, 4, 0.5),
            ]
        ),
    ),
}
MOMENTA = {
    "cyclic": (
        lambda o: theirs.CyclicLR(o, 0.01, 0.2, 7, 4, mode="triangular2"),
        ours.cyclic_momentum(step_size_up=7, step_size_down=4, mode="triangular2"),
    ),
    "one-cycle": (
        lambda o: theirs.OneCycleLR(o, 0.5, 60),
        ours.one_cycle_momentum(total_steps=60),
    ),
    "one-cycle-three": (
        lambda o: theirs.OneCycleLR(o, 0.5, 60, three_phase=True, anneal_strategy="linear"),
        ours.one_cycle_momentum(total_steps=60, three_phase=True, anneal_strategy="linear"),
    ),
}


def stepped(make, key="lr"):
    """What PyTorch's optimiser has at every count."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], BASE, momentum=0.9)
    values = []
    with warnings.catch_warnings():
        # SequentialLR says of itself that it calls step() with an epoch.
        warnings.simplefilter("ignore", UserWarning)
        scheduler = make(optimizer)
        for count in range(STEPS):
            if count:
                optimizer.step()
                scheduler.step()
            values.append(float(optimizer.param_groups[0][key]))
    return values


def at_all_counts(table, dtype):
    """Every schedule at every count, compiled as one program."""
    with jax.enable_x64(dtype == "float64"):

        @jax.jit
        def values(counts):
            def each(count):
                return {name: schedule(count) for name, (_, schedule) in table.items()}

            return jax.lax.map(each, counts)

        return jax.tree.map(np.asarray, values(jnp.arange(STEPS, dtype="int32")))


@pytest.fixture(scope="module", params=["float64", "float32"])
def computed(request):
    return request.param, at_all_counts(PAIRS, request.param), at_all_counts(MOMENTA, request.param)


@pytest.mark.parametrize("name", PAIRS)
def test_a_schedule_is_torchs_scheduler(computed, name):
    dtype, found, _ = computed
    expected = stepped(PAIRS[name][0])
    assert found[name].dtype == dtype
    # Over the largest of all: near a cosine's end PyTorch's own product has lost its digits.
    atol = {"float64": 1e-12, "float32": 2e-6}[dtype] * max(expected)
    np.testing.assert_allclose(found[name], expected, rtol=0, atol=atol)


@pytest.mark.parametrize("name", MOMENTA)
def test_a_momentum_is_torchs(computed, name):
    dtype, _, found = computed
    atol = {"float64": 1e-12, "float32": 1e-6}[dtype]
    np.testing.assert_allclose(
        found[name], stepped(MOMENTA[name][0], "momentum"), rtol=0, atol=atol
    )


def test_every_scheduler_of_torch_has_its_schedule():
    known = {
        name
        for name, kind in vars(theirs).items()
        if inspect.isclass(kind)
        and issubclass(kind, theirs.LRScheduler)
        and not name.endswith("LRScheduler")
    }
    assert set(SCHEDULES) == known | {"SWALR"}


def test_keywords_and_defaults_are_torchs():
    others = {"optimizer", "last_epoch", "cycle_momentum", "base_momentum", "max_momentum"}
    own = {"learning_rate", "swa_start", "schedules"}
    kinds = {"SWALR": SWALR}
    for name, factory in SCHEDULES.items():
        kind = kinds.get(name) or getattr(theirs, name)
        expected = {
            key: value.default
            for key, value in inspect.signature(kind).parameters.items()
            if key not in others | {"schedulers"}
        }
        found = {
            key: value.default
            for key, value in inspect.signature(factory).parameters.items()
            if key not in own
        }
        assert found == expected, name


def test_weight_averaging_takes_over_from_a_schedule():
    """PyTorch's loop: one scheduler is stepped, and from an epoch on the other."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], BASE)
    scheduler, averaging = theirs.ExponentialLR(optimizer, 0.9), SWALR(optimizer, 0.05, 5)
    schedule = ours.swa_lr(ours.exponential_lr(BASE, 0.9), 0.05, 5, swa_start=8)
    with jax.enable_x64(True):
        for count in range(20):
            rate = optimizer.param_groups[0]["lr"]
            assert float(schedule(count)) == pytest.approx(rate, rel=1e-12)
            optimizer.step()
            (scheduler if count < 8 else averaging).step()


METRICS = [5.0, 4.0, 4.0, 3.9999, 4.1, 4.2, 3.0, 3.0, math.nan, 3.0, 3.1, 2.9, 2.95, 9.0, 9.0] * 4


@pytest.mark.parametrize(
    "options",
    [
        {"patience": 2, "factor": 0.5},
        {"patience": 0, "factor": 0.5, "cooldown": 2, "min_lr": 0.01},
        {"mode": "max", "patience": 1, "factor": 0.3, "threshold": 0.2},
        {"patience": 1, "factor": 0.5, "threshold": 0.5, "threshold_mode": "abs"},
        {"mode": "max", "patience": 3, "factor": 0.9, "threshold_mode": "abs", "eps": 0.01},
    ],
)
def test_a_plateau_is_torchs(options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], BASE)
    scheduler = theirs.ReduceLROnPlateau(optimizer, **options)
    expected = []
    for metric in METRICS:
        scheduler.step(metric)
        state = (optimizer.param_groups[0]["lr"], scheduler.best)
        expected.append((*state, scheduler.num_bad_epochs, scheduler.cooldown_counter))
    with jax.enable_x64(True):
        plateau = ours.reduce_lr_on_plateau(BASE, **options)
        update = jax.jit(lambda state, metric: (plateau.update(state, metric),) * 2)
        _, found = jax.lax.scan(update, plateau.init(), jnp.asarray(METRICS))
    assert len(set(np.asarray(found.learning_rate).tolist())) > 2
    for ours_, theirs_ in zip(found, np.array(expected).T, strict=True):
        np.testing.assert_allclose(ours_, theirs_, rtol=1e-12)


@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_one_cycle_drives_rate_and_momentum(kind):
    """Through `inject_hyperparams`, as the docstrings have it; Adam's is its first beta."""
    with jax.enable_x64(True):
        rate = ours.one_cycle_lr(0.5, 12, pct_start=0.5)
        momentum = ours.one_cycle_momentum(total_steps=12, pct_start=0.5)
        if kind == "sgd":
            optimizer = optax.inject_hyperparams(sgd)(rate, momentum=momentum)
        else:
            optimizer = optax.inject_hyperparams(
                lambda learning_rate, beta1: adam(learning_rate, betas=(beta1, 0.999))
            )(rate, momentum)
        params = jnp.array([1.0, -2.0])
        state = optimizer.init(params)
        theirs_ = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
        make = torch.optim.SGD if kind == "sgd" else torch.optim.Adam
        reference = make([theirs_], 0.1, **({"momentum": 0.9} if kind == "sgd" else {}))
        scheduler = theirs.OneCycleLR(reference, 0.5, 12, pct_start=0.5)
        step = jax.jit(optimizer.update)
        for _ in range(11):
            updates, state = step(jnp.cos(params), state, params)
            params = optax.apply_updates(params, updates)
            theirs_.grad = torch.cos(theirs_.detach())
            reference.step()
            scheduler.step()
            np.testing.assert_allclose(params, theirs_.detach().numpy(), rtol=1e-12)


def test_the_closed_form_that_torch_documents_is_not_what_its_users_get():
    """Where the two part, the schedule is with the recursion."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], BASE)
    scheduler = theirs.ConstantLR(optimizer, 0.5, total_iters=0)
    assert scheduler.get_last_lr() == [0.5 * BASE]
    assert scheduler._get_closed_form_lr() == [BASE]
    assert float(schedules.constant_lr(BASE, 0.5, total_iters=0)(0)) == pytest.approx(0.5 * BASE)
