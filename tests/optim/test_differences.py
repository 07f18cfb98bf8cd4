"""`optim.explain`: every difference that it tells is seen, and gone with the cure that it tells."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxdl import optim
from jaxdl.optim import DIFFERENCES, OPTIMIZERS, explain
from jaxdl.parity.tolerances import relative_error

STEPS = 8  # RAdam rectifies from the sixth on
# What is left by a cure: Optax rounds Adafactor's and RAdam's own factors to float32, and Adagrad's
# 1e-20 inside the root is not quite 1e-10 outside it.
LEFT = {"adafactor": 1e-7, "radam": 1e-7, "adagrad": 1e-10}
CASES = {f"{name}/{d.what}": (name, d) for name in DIFFERENCES for d in DIFFERENCES[name]}


def start(name):
    matrix = np.sin(1.0 + 2.7 * np.arange(12.0)).reshape(3, 4)
    return {"matrix": matrix} if name == "muon" else {"matrix": matrix, "vector": matrix[0] + 0.5}


def objective(params):
    return sum(
        jnp.sum((leaf - 0.3) ** 2 * (1 + jnp.arange(leaf.size).reshape(leaf.shape)))
        for leaf in jax.tree.leaves(params)
    )


def train(expression, name, dtype):
    """The params after some steps of an expression, raveled; Optax promotes as it pleases."""
    with jax.enable_x64(dtype == "float64"), jax.numpy_dtype_promotion("standard"):
        optimizer = eval(expression, {"optax": optax, "optim": optim, "jnp": jnp})
        optimizer = optax.with_extra_args_support(optimizer)
        params = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype), start(name))
        state = optimizer.init(params)

        @jax.jit
        def step(params, state):
            value, grad = jax.value_and_grad(objective)(params)
            updates, state = optimizer.update(
                grad, state, params, value=value, grad=grad, value_fn=objective
            )
            return optax.apply_updates(params, updates), state

        for _ in range(STEPS):
            params, state = step(params, state)
        return np.concatenate([np.asarray(leaf, float).ravel() for leaf in jax.tree.leaves(params)])


@pytest.mark.parametrize("case", CASES)
def test_what_explain_tells_is_so(case):
    name, difference = CASES[case]
    ours = train(difference.ours, name, difference.dtype)
    naive = train(difference.naive, name, difference.dtype)
    if difference.dtype == "float32":
        assert relative_error(naive, ours) > 1e-6
    else:
        assert relative_error(naive, ours) > 1e-4
    if difference.cure is not None:
        cured = train(difference.cure, name, "float64")
        ours = train(difference.ours, name, "float64")
        assert relative_error(cured, ours) <= LEFT.get(name, 1e-12)


def test_every_optimiser_is_explained_by_either_name():
    assert set(DIFFERENCES) == set(OPTIMIZERS)
    for name in OPTIMIZERS:
        assert explain(name).startswith(f"{name}: ")
    assert explain("RMSprop") == explain("rmsprop") == explain("RMSPROP")
    assert explain("SparseAdam") == explain("sparse_adam")
    for difference in DIFFERENCES["rmsprop"]:
        assert f"cure:    {difference.cure}" in explain("RMSprop")


def test_an_unknown_name_is_one_line_with_the_nearest():
    with pytest.raises(ValueError, match="nearest: rmsprop") as error:
        explain("RMSprob")
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match="known: adadelta"):
        explain("xyzzy")
