"""Lesson 5: the known values, and optimizers that are functions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl.course.document import flat_losses
from jaxdl.course.start import like_torch
from lessons.l05_linear_regression import LESSON, OPTIMIZERS, Config, functional

# The lecture's program after torch.manual_seed(0), real PyTorch 2.13.0: facts, from a run of it.
FIRST_LOSSES = [44.36051940917969, 20.07707977294922]
W, B = 1.9996238946914673, 0.0008549060439690948


@pytest.fixture(scope="module")
def start():
    return like_torch(LESSON, Config(), functional.examples(Config()))[0]


def test_known_values(start):
    params, history = functional.train(Config(), functional.examples(Config()), start)
    np.testing.assert_allclose(flat_losses(history)[:2], FIRST_LOSSES, rtol=1e-6)
    np.testing.assert_allclose(params["linear"]["kernel"], [[W]], rtol=1e-6)
    np.testing.assert_allclose(params["linear"]["bias"], [B], rtol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_step_is_a_function(name, start):
    """The same step twice gives the same numbers; inside another jit it is the same step."""
    optimizer = functional.make_optimizer(name, 0.01)
    batch = functional.examples(Config())
    args = (start, optimizer.init(start), batch, optimizer)
    first, again = (functional.compiled_step(*args) for _ in range(2))
    jax.tree.map(np.testing.assert_array_equal, first, again)

    def two_steps(params, state):
        def body(carry, _):
            *carry, value = functional.step(*carry, batch, optimizer)
            return tuple(carry), value

        return jax.lax.scan(body, (params, state), length=2)

    (params, _), losses = jax.jit(two_steps)(start, optimizer.init(start))
    second = functional.compiled_step(*first[:2], batch, optimizer)
    np.testing.assert_allclose(losses, [first[2], second[2]], rtol=1e-5)
    # A fused multiply-add may round differently by one unit of ŷ, which is below 5e-7.
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=2e-6), params, second[0])


def test_one_object_for_one_choice():
    """A new object would be another static argument of the jitted step, and compile it again."""
    assert functional.make_optimizer("adam", 0.01) is functional.make_optimizer("adam", 0.01)
    assert functional.make_optimizer("adam", 0.01) is not functional.make_optimizer("adam", 0.1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_lowers_the_loss(name, start):
    data = functional.examples(Config())
    params, history = functional.train(Config(optimizer=name, epochs=300), data, start)
    assert functional.loss(params, jax.tree.map(jnp.asarray, data)) < 0.7 * history["loss"][0][0]
