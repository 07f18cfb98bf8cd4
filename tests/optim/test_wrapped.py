"""Every optimiser of `jaxdl.optim` inside everything that Optax's users put around one."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxdl.optim import OPTIMIZERS
from jaxdl.optim.nadam import NadamState
from tests.optim.wrapped import FIRST, WRAPPED, inject, schedule, start, step, trajectories


def abstract(tree):
    """Each leaf's shape, dtype and weak type: what jit's cache goes by."""
    return jax.eval_shape(lambda tree: tree, tree)


@pytest.mark.parametrize("kind", sorted(set(WRAPPED) - {"constants"}))
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_follows_a_schedule_as_a_constant_that_changes(name, kind):
    """Also through a state, and on a part of the params only."""
    expected, found = (trajectories(name)[key] for key in ("constants", kind))
    for key, values in expected.items():
        np.testing.assert_allclose(found[key], values, rtol=1e-12, err_msg=key)


@pytest.mark.parametrize("other", ["bfloat16", "float32"])
@pytest.mark.parametrize("kind", WRAPPED)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_gives_back_what_it_took(name, kind, other):
    """Nothing is promoted, nothing recompiles on the second call, and jit makes the same state."""
    wrapped, params, rate = WRAPPED[kind], start(name, "bfloat16", other), jnp.asarray(FIRST)

    def init(params):
        return wrapped.make(name, rate).init(params)

    # ravel_pytree and inject_hyperparams themselves promote where there are several dtypes.
    mixed = other == "float32" and (name == "lbfgs" or "inject" in kind)
    with jax.numpy_dtype_promotion("standard" if mixed else "strict"):
        state = init(params)
        updates, new_params, new_state = jax.eval_shape(
            lambda *args: step(name, wrapped, *args), params, state, rate
        )
        assert abstract(state) == new_state == jax.eval_shape(init, params)
    assert abstract(params) == updates == new_params
    # A schedule's value and MultiSteps' sums are Optax's own, in the default float dtype.
    theirs = {"inject": {"learning_rate": ()}, "MultiSteps": {"acc_grads": ()}}
    ours = optax.tree.set(state, **theirs.get(kind, {}))
    # NAdam's product is a number of its own, kept as PyTorch keeps it.
    ours = jax.tree.map(
        lambda node: node._replace(mu_product=()) if isinstance(node, NadamState) else node,
        ours,
        is_leaf=lambda node: isinstance(node, NadamState),
    )
    ours = jax.tree.leaves(ours)
    floats = {leaf.dtype for leaf in ours if jnp.issubdtype(leaf.dtype, jnp.floating)}
    assert floats <= {leaf.dtype for leaf in jax.tree.leaves(params)}

    leaves = jax.tree.leaves((params, state))
    assert len({leaf.unsafe_buffer_pointer() for leaf in leaves}) == len(leaves)  # to be donated


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_array_is_checked_where_it_has_a_value(name):
    negative = jnp.asarray(-1.0)
    with pytest.raises(ValueError, match="learning_rate"):
        jax.eval_shape(lambda: OPTIMIZERS[name](negative).init(jnp.ones(2)))
    with pytest.raises(ValueError, match="learning_rate"):
        inject(name, -1.0).init(jnp.ones(2))


def test_lbfgs_cannot_count_its_history_while_traced():
    optimizer = optax.inject_hyperparams(OPTIMIZERS["lbfgs"])(FIRST)
    with pytest.raises(ValueError, match="static_args"):
        jax.eval_shape(optimizer.init, jnp.ones(2))


def test_optax_rmsprop_keeps_the_rates_of_the_past_in_its_buffer():
    """What the docstring says of it: the same under a constant, another under a schedule."""
    told = partial(optax.rmsprop, decay=0.99, eps=1e-8, eps_in_sqrt=False, momentum=0.9)
    ours = partial(OPTIMIZERS["rmsprop"], momentum=0.9)

    def second_update(optimizer):
        gradient = jnp.ones(1)
        _, state = optimizer.update(gradient, optimizer.init(gradient))
        return float(optimizer.update(gradient, state)[0][0])

    assert second_update(ours(FIRST)) == pytest.approx(second_update(told(FIRST)))
    assert second_update(ours(schedule)) != pytest.approx(second_update(told(schedule)), rel=0.05)
