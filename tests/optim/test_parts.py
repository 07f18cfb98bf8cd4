"""What stands around an optimiser, without PyTorch: clipping against Optax's, slots, bad input."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxdl import optim
from jaxdl.optim import OPTIMIZERS, schedules


def test_optax_clips_without_the_millionth():
    """The same far above the norm; one part in a hundred where the norm is 1e-4."""
    for max_norm, same in ((1e3, True), (1e-4, False)):
        gradients = jnp.array([3.0, -4.0]) * max_norm / 5
        ours, _ = optim.clip_grad_norm(max_norm).update(gradients, optax.EmptyState())
        clip = optax.clip_by_global_norm(max_norm)
        theirs, _ = clip.update(gradients, clip.init(gradients))
        ratio = float(ours[0] / theirs[0])
        assert ratio == pytest.approx(1.0 if same else 1 / 1.01, rel=1e-5)


def test_optax_clips_values_as_torch_does():
    gradients = jnp.array([3.0, -0.5, -9.0])
    ours, _ = optim.clip_grad_value(1.0).update(gradients, optax.EmptyState())
    np.testing.assert_array_equal(ours, optax.clip(1.0).update(gradients, optax.EmptyState())[0])


def test_clipping_takes_any_tree():
    mixed = {"half": jnp.ones(3, "bfloat16"), "single": jnp.ones(2, "float32")}
    clipped, _ = optim.clip_grad_norm(1.0).update(mixed, optax.EmptyState())
    assert {name: leaf.dtype for name, leaf in clipped.items()} == {
        name: leaf.dtype for name, leaf in mixed.items()
    }
    assert optim.clip_grad_norm(1.0).update({}, optax.EmptyState())[0] == {}
    broken, _ = optim.clip_grad_norm(1.0).update(jnp.array([jnp.inf, 1.0]), optax.EmptyState())
    assert jnp.isnan(broken[0])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_slots_are_found_in_whatever_wraps_the_state(name):
    params = {"kernel": jnp.ones((2, 3))}
    state = OPTIMIZERS[name]().init(params)
    plain = optim.slots(name, state)
    assert (plain == {}) == (name == "sgd")  # without momentum
    wrapped = optax.chain(optim.clip_grad_norm(1.0), optax.masked(OPTIMIZERS[name](), True))
    assert optim.slots(name, wrapped.init(params)).keys() == plain.keys()


def test_slots_of_another_optimiser_are_told():
    state = optim.adam().init(jnp.ones(2))
    with pytest.raises(ValueError, match="one rmsprop in it, found 0"):
        optim.slots("RMSprop", state)


@pytest.mark.parametrize("name", ["adafactor", "adamw", "asgd", "muon", "nadam", "radam"])
def test_decay_without_params_says_so(name):
    decoupled = {"weight_decay": 0.1, "decoupled_weight_decay": True}
    optimizer = OPTIMIZERS[name](**(decoupled if name in ("nadam", "radam") else {}))
    params = jnp.ones((2, 2))
    with pytest.raises(ValueError, match=f"{name} needs the params"):
        optimizer.update(params, optimizer.init(params))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optim.clip_grad_norm(-1.0), "max_norm"),
        (lambda: optim.clip_grad_value(-1.0), "clip_value"),
        (lambda: optim.muon().init(jnp.ones(3)), "muon is for matrices, got shape"),
        (lambda: schedules.step_lr(0.1, 0), "step_size must be an integer of at least 1"),
        (lambda: schedules.step_lr(-0.1, 3), "learning_rate must be at least 0"),
        (lambda: schedules.step_lr(schedules.step_lr(0.1, 3), 3), "must be a number"),
        (lambda: schedules.multi_step_lr(0.1, [2.5]), "a milestone must be an integer"),
        (lambda: schedules.constant_lr(0.1, 0.0), "factor must lie in"),
        (lambda: schedules.linear_lr(0.1, 0.0), "start_factor must lie in"),
        (lambda: schedules.linear_lr(0.1, 1.0, 2.0), "end_factor must lie in"),
        (lambda: schedules.cosine_annealing_lr(0.1, 0), "T_max"),
        (lambda: schedules.cosine_annealing_warm_restarts(0.1, 5, 0), "T_mult"),
        (lambda: schedules.cyclic_lr(0.1, 0.2, mode="square"), "mode must be one of triangular"),
        (lambda: schedules.one_cycle_lr(0.1), "give total_steps"),
        (lambda: schedules.one_cycle_lr(0.1, 10, pct_start=2.0), "pct_start"),
        (lambda: schedules.one_cycle_lr(0.1, 10, pct_start=0.1), "a phase of no length"),
        (lambda: schedules.one_cycle_lr(0.1, 10, div_factor=0.0), "div_factor must be above 0"),
        (lambda: schedules.sequential_lr([schedules.step_lr(0.1, 3)], [2]), "one milestone fewer"),
        (
            lambda: schedules.sequential_lr([schedules.step_lr(0.1, 3)] * 3, [4, 2]),
            "milestones must rise",
        ),
        (lambda: schedules.chained_scheduler([]), "needs a schedule"),
        (
            lambda: schedules.chained_scheduler(
                [schedules.step_lr(0.1, 3), schedules.step_lr(0.2, 3)]
            ),
            "share one learning rate",
        ),
        (lambda: schedules.swa_lr(0.1, 0.05, anneal_strategy="sine"), "anneal_strategy"),
        (lambda: schedules.reduce_lr_on_plateau(0.1, factor=1.0), "factor must be below 1"),
        (lambda: schedules.reduce_lr_on_plateau(0.1, mode="least"), "mode must be one of min"),
    ],
)
def test_bad_input_is_one_clear_line(make, message):
    with pytest.raises(ValueError, match=message) as error:
        make()
    assert "\n" not in str(error.value)


def test_optax_reduces_on_a_plateau_one_step_earlier():
    plateau = schedules.reduce_lr_on_plateau(1.0, factor=0.5, patience=2)
    theirs = optax.contrib.reduce_on_plateau(factor=0.5, patience=2)
    state, other = plateau.init(), theirs.init(jnp.ones(1))
    rates, scales = [], []
    for loss in (1.0, 1.0, 1.0, 1.0):
        state = plateau.update(state, loss)
        with jax.numpy_dtype_promotion("standard"):
            _, other = theirs.update(jnp.ones(1), other, value=loss)
        rates.append(float(state.learning_rate))
        scales.append(float(other.scale))
    assert rates == [1.0, 1.0, 1.0, 0.5]
    assert scales == [1.0, 1.0, 0.5, 0.5]
