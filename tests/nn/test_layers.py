"""Linear and embedding layers: the definition, PyTorch's initial values, the precision."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxdl import nn


def parts(layer):
    graphdef, params = nnx.split(layer)
    return graphdef, nnx.to_pure_dict(params)


@pytest.mark.parametrize("use_bias", [True, False])
def test_linear_is_the_product_and_starts_as_pytorchs(use_bias):
    graphdef, params = parts(nn.Linear(400, 30, use_bias=use_bias, rngs=nnx.Rngs(0)))
    assert set(params) == ({"kernel", "bias"} if use_bias else {"kernel"})
    for leaf in params.values():  # U(-1/20, 1/20)
        assert 0.03 < np.abs(leaf).max() <= 0.05
    x = np.random.default_rng(0).normal(size=(5, 400)).astype("float32")
    expected = x @ np.array(params["kernel"]) + (np.array(params["bias"])[None] if use_bias else 0)
    np.testing.assert_allclose(nnx.merge(graphdef, params)(x), expected, atol=1e-5)


def test_embedding_is_one_hot_times_the_table():
    graphdef, params = parts(nn.Embedding(50, 40, rngs=nnx.Rngs(0)))
    table = params["embedding"]
    assert abs(np.std(table) - 1) < 0.05
    x = np.array([[3, 0], [49, 3]])
    found = nnx.merge(graphdef, params)(x)
    np.testing.assert_array_equal(found, np.eye(50, dtype="float32")[x] @ np.array(table))
    assert np.isnan(nnx.merge(graphdef, params)(np.array([50]))).all()  # there is no such row


def test_layers_compute_in_the_parameters_precision():
    """Whatever precision they were built with; `flax.nnx.Embed` goes on in that one."""
    built = nn.Embedding(5, 4, rngs=nnx.Rngs(0)), nn.Linear(4, 3, rngs=nnx.Rngs(1))
    with jax.enable_x64():
        x = jnp.array([1, 4])
        for layer in built:
            graphdef, params = parts(layer)
            x = nnx.merge(graphdef, jax.tree.map(lambda leaf: np.asarray(leaf, "float64"), params))(
                x
            )
            assert x.dtype == "float64"
