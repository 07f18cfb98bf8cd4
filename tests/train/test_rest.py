"""What a net keeps beside its parameters goes through `fit` and its checkpoints."""

import doctest

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

import jaxdl.train.state
from jaxdl import nn
from jaxdl._tree import leaves_by_name
from jaxdl.train import TrainState, fit
from tests.train.runs import assert_same_run, open_checkpoints, steps_in

OPTIMIZER = optax.sgd(0.1)
X = np.random.default_rng(0).normal(3, 2, (8, 2)).astype("float32")


def build():
    rngs = nnx.Rngs(0, dropout=1)
    layers = nn.Linear(2, 3, rngs=rngs), nn.BatchNorm(3, rngs=rngs), nnx.Dropout(0.5, rngs=rngs)
    return nnx.Sequential(*layers)


GRAPHDEF, PARAMS, REST = nnx.split(build(), nnx.Param, ...)


def loss_fn(params, rest, x):
    net = nnx.merge(GRAPHDEF, params, rest, copy=True)
    return jnp.mean((net(x) - 1) ** 2), nnx.split(net, nnx.Param, ...)[2]


def train_step(state, x):
    grad_fn = jax.value_and_grad(loss_fn, has_aux=True)
    (loss, rest), gradient = grad_fn(state.params, state.rest, x)
    updates, opt_state = OPTIMIZER.update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1, rest), loss


def train(epochs, checkpoints=None, step=train_step, params=PARAMS, rest=REST, **options):
    state = TrainState.create(params, OPTIMIZER, rest)
    more = {"epochs": epochs, "batch_size": 4, "scan": True, "checkpoints": checkpoints}
    return fit(step, state, X, jax.random.key(0), **more, **options)


def batch_norm(rest):
    return nnx.to_pure_dict(rest)["layers"][1]


def test_the_filtered_split_moves_the_running_mean_and_evaluation_sees_it():
    seen = []
    state, history = train(2, evaluate=lambda state: seen.append(state) or state.step)
    assert history["test_accuracy"] == [2, 4]
    assert seen[-1] is state
    assert np.abs(batch_norm(state.rest)["mean"]).min() > 0.1
    assert leaves_by_name(state.rest, "/")["layers/2/rngs/count/value"] == 4  # masks drawn
    np.testing.assert_array_equal(batch_norm(REST)["mean"], 0)  # the copy was trained


def test_without_the_filter_the_running_mean_stays_0_and_dropout_is_an_error():
    net = build()
    graphdef, everything = nnx.split(nnx.Sequential(*net.layers[:2]))

    def loss_fn(everything, x):
        return jnp.mean((nnx.merge(graphdef, everything, copy=True)(x) - 1) ** 2)

    def step(state, x):
        loss, gradient = jax.value_and_grad(loss_fn)(state.params, x)
        updates, opt_state = OPTIMIZER.update(gradient, state.opt_state)
        everything = optax.apply_updates(state.params, updates)
        return TrainState(everything, opt_state, state.step + 1), loss

    state, history = train(2, step=step, params=everything, rest=())
    assert history["loss"][1][-1] < history["loss"][0][0]  # nothing tells
    np.testing.assert_array_equal(batch_norm(state.params)["mean"], 0)
    graphdef, everything = nnx.split(net)
    with pytest.raises(TypeError, match="uint32"):  # the count of the masks has no gradient
        jax.grad(loss_fn)(everything, X)


def as_numbers(run):
    """Keys as the numbers that they consist of, for a comparison of bits."""
    is_key = lambda leaf: jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)  # noqa: E731
    return jax.tree.map(
        lambda leaf: jax.random.key_data(leaf) if is_key(jnp.asarray(leaf)) else leaf, run
    )


@pytest.mark.parametrize("impl", ["threefry2x32", "rbg"])
def test_a_resumed_run_is_the_uninterrupted_one(tmp_path, impl):
    rest = jax.tree.map(lambda leaf: leaf, REST)
    rest["layers"][2]["rngs"]["key"] = nnx.RngKey(jax.random.key(2, impl=impl), tag="dropout")
    wanted = train(4, rest=rest)
    with open_checkpoints(tmp_path) as checkpoints:
        train(2, checkpoints, rest=rest)
    with open_checkpoints(tmp_path) as checkpoints:
        found = train(4, checkpoints, rest=rest)
    assert checkpoints.resumed_step == 4
    assert_same_run(as_numbers(found), as_numbers(wanted))
    key = found[0].rest["layers"][2]["rngs"]["key"][...]
    assert str(jax.random.key_impl(key)) == impl


def test_a_running_mean_that_is_not_finite_is_not_saved(tmp_path):
    def step(state, x):
        state, loss = train_step(state, x)
        rest = jax.tree.map(lambda leaf: leaf, state.rest)
        mean = rest["layers"][1]["mean"]
        mean[...] = jnp.where(state.step > 2, jnp.inf, mean[...])
        return TrainState(state.params, state.opt_state, state.step, rest), loss

    with open_checkpoints(tmp_path) as checkpoints:
        train(2, checkpoints, step=step)
    assert steps_in(tmp_path) == [2]


def test_a_state_without_a_rest_has_the_leaves_that_it_had():
    state = TrainState.create({"kernel": jnp.ones(2)}, optax.sgd(0.1, momentum=0.9))
    assert list(leaves_by_name(state, "/")) == ["params/kernel", "opt_state/0/trace/kernel", "step"]
    assert TrainState(state.params, state.opt_state, state.step).rest == ()


def test_the_example_runs():
    assert doctest.testmod(jaxdl.train.state) == (0, 15)
