"""The smallest network: its start comes from the key alone, and it learns the exclusive or."""

import jax
import numpy as np
import pytest

from lessons.l01_pure_functions import Config, functional


def test_init_is_a_function_of_its_key():
    first, again, other = (functional.init(jax.random.key(seed)) for seed in (0, 0, 1))
    jax.tree.map(np.testing.assert_array_equal, first, again)
    assert not jax.tree.all(jax.tree.map(np.array_equal, first, other))


def test_init_draws_every_array_anew_within_its_bound():
    params = functional.init(jax.random.key(0), hidden=1000)
    for layer, bound in (("hidden", 2**-0.5), ("output", 1000**-0.5)):
        largest = {name: np.max(np.abs(leaf)) for name, leaf in params[layer].items()}
        assert max(largest.values()) <= np.float32(bound)
        assert largest["kernel"] > 0.99 * bound
    assert not np.array_equal(params["hidden"]["kernel"][0], params["hidden"]["bias"])


def test_step_leaves_its_arguments_alone():
    data = functional.examples(Config())
    params = functional.init(jax.random.key(0))
    copy = jax.tree.map(np.array, params)
    moved, value = functional.step(params, data, 0.2)
    jax.tree.map(np.testing.assert_array_equal, params, copy)
    assert not any(jax.tree.leaves(jax.tree.map(np.array_equal, params, moved)))
    assert value == functional.step(params, data, 0.2)[1]


@pytest.mark.parametrize("seed", range(4))
def test_learns_the_exclusive_or(seed):
    config = Config(seed=seed)
    data = functional.examples(config)
    params, history = functional.train(config, data)
    assert functional.result(config, params, history, data)["largest error"] < 1e-3
