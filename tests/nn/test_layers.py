"""The layers' definitions, PyTorch's initial values, Flax's arguments, the precision."""

import doctest
from functools import partial
from inspect import Parameter, signature

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

import jaxdl.nn.conv
import jaxdl.nn.conv_transpose
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
    only = nn.Embedding(1, 4, rngs=nnx.Rngs(0))
    assert np.isnan(only(np.array([0, 1]))).any(axis=1).tolist() == [False, True]


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


FLAXS = {
    nn.Linear: nnx.Linear,
    nn.Conv: nnx.Conv,
    nn.Embedding: nnx.Embed,
    nn.BatchNorm: nnx.BatchNorm,
    nn.GRUCell: nnx.GRUCell,
    nn.LSTMCell: nnx.LSTMCell,
    nn.LayerNorm: nnx.LayerNorm,
    nn.RMSNorm: nnx.RMSNorm,
    nn.GroupNorm: nnx.GroupNorm,
    nn.InstanceNorm: nnx.InstanceNorm,
}
# What Flax's layers have not; the names are PyTorch's, or Flax's of another layer.
PYTORCHS = {
    "use_bias",  # of a cell
    "proj_features",
    "track_running_stats",
    "padding_idx",
    "max_norm",
    "norm_type",
    "scale_grad_by_freq",
}
OF_INSTANCES = {"use_running_average", "momentum"}


@pytest.mark.parametrize("ours", FLAXS)
def test_arguments_have_flaxs_names_and_kinds(ours):
    theirs = signature(FLAXS[ours]).parameters
    for name, argument in signature(ours).parameters.items():
        if argument.kind is Parameter.VAR_KEYWORD:
            continue
        if name in theirs:
            assert theirs[name].kind is argument.kind, name
        else:
            assert name in PYTORCHS | (OF_INSTANCES if ours is nn.InstanceNorm else set()), name


@pytest.mark.parametrize(
    ("size", "groups", "shape", "bound"),
    [
        ((5, 4), 1, (5, 4, 20, 30), 400**-0.5),
        ((5, 4), 5, (5, 4, 4, 30), 80**-0.5),
        (9, 2, (9, 10, 30), 90**-0.5),
        ((3, 2, 1), 1, (3, 2, 1, 20, 30), 120**-0.5),
    ],
)
def test_convolution_starts_as_pytorchs(size, groups, shape, bound):
    _, params = parts(nn.Conv(20, 30, size, feature_group_count=groups, rngs=nnx.Rngs(0)))
    assert params["kernel"].shape == shape
    for leaf in params.values():  # U(-bound, bound)
        assert 0.8 * bound < np.abs(leaf).max() <= bound
    assert abs(np.std(params["kernel"]) - bound / 3**0.5) < 0.02 * bound


def constant(value):
    return lambda key, shape, dtype: jnp.full(shape, value, dtype)


def test_an_initialiser_replaces_pytorchs():
    both = {"kernel_init": constant(1), "bias_init": constant(2), "rngs": nnx.Rngs(0)}
    cell = {"recurrent_kernel_init": constant(3)} | both
    for layer, values in {
        nn.Linear(2, 3, **both): {1, 2},
        nn.Conv(2, 3, (2, 2), **both): {1, 2},
        nn.ConvTranspose(2, 3, (2, 2), **both): {1, 2},
        nn.Embedding(2, 3, embedding_init=constant(4), rngs=nnx.Rngs(0)): {4},
        nn.LSTMCell(2, 3, **cell): {1, 2, 3},
        nn.GRU(2, 3, 2, bidirectional=True, **cell): {1, 2, 3},
    }.items():
        leaves = jax.tree.leaves(parts(layer)[1])
        assert {float(x) for leaf in leaves for x in np.unique(leaf)} == values


# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}
X = np.random.default_rng(0).normal(size=(4, 3, 6)).astype("float32")
NUMBERS = np.array([[0, 3], [1, 4]])
BUILDERS = {
    "linear": (partial(nn.Linear, 6, 4), X),
    "conv": (partial(nn.Conv, 6, 4, (2, 2)), X[None]),
    "embedding": (partial(nn.Embedding, 5, 4), NUMBERS),
    "batch_norm": (partial(nn.BatchNorm, 6), X),
    "cell": (partial(nn.RNNCell, 6, 4), X),
    "layers": (partial(nn.GRU, 6, 4, bidirectional=True), X),
}


@pytest.mark.parametrize("kind", BUILDERS)
def test_dtype_is_that_of_the_computation(kind):
    """The same as with everything cast by hand; the parameters stay as they are."""
    build, x = BUILDERS[kind]
    layer = build(dtype=jnp.bfloat16, rngs=nnx.Rngs(0))
    assert {leaf.dtype for leaf in jax.tree.leaves(parts(layer)[1])} == {np.dtype("float32")}
    half = lambda leaf: leaf.astype(jnp.bfloat16) if leaf.dtype == "float32" else leaf  # noqa: E731
    graphdef, params, rest = nnx.split(build(rngs=nnx.Rngs(0)), nnx.Param, ...)
    by_hand = nnx.merge(graphdef, jax.tree.map(half, params), rest)

    @partial(jax.jit, compiler_options=QUICK)
    def both(x):
        return nnx.clone(layer)(x), nnx.clone(by_hand)(half(x))

    found, wanted = both(x)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        assert a.dtype == jnp.bfloat16
        np.testing.assert_array_equal(a, b)


def test_an_embedding_within_a_layer_has_its_own_dtype():
    embedding = nn.Embedding(5, 6, dtype=jnp.bfloat16, rngs=nnx.Rngs(0))
    layer = nn.RNN(6, 4, dtype=jnp.float32, rngs=nnx.Rngs(1))
    (found, _), (wanted, _) = layer(NUMBERS, embedding=embedding), layer(embedding(NUMBERS))
    assert found.dtype == "float32"
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_every_example_runs():
    assert doctest.testmod(jaxdl.nn.conv) == (0, 3)
    assert doctest.testmod(jaxdl.nn.conv_transpose) == (0, 4)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        *(
            (partial(kind, 2, 3, dropout=dropout), "dropout must be from 0 to 1, got")
            for kind in (nn.RNN, nn.GRU, nn.LSTM)
            for dropout in (1.5, -0.1, float("nan"), "0.5", None)
        ),
        (partial(nn.LSTM, 2, 3, 1.5), "num_layers must be a positive integer, got 1.5"),
        (partial(nn.GRUCell, 0, 3), "in_features must be a positive integer, got 0"),
        (partial(nn.Linear, 0, 3), "in_features must be a positive integer, got 0"),
        (partial(nn.Linear, 3, -1), "out_features must be a positive integer, got -1"),
        (partial(nn.Embedding, 0, 3), "num_embeddings must be a positive integer, got 0"),
        (partial(nn.Conv, 0, 3, (2, 2)), "in_features must be a positive integer, got 0"),
        (partial(nn.Conv, 1, 3, (2, 0)), "kernel_size must be a positive integer, got 0"),
        (partial(nn.Conv, 3, 4, 2, feature_group_count=2), "2 groups must divide in_features 3"),
        (partial(nn.Conv, 3, 4, 2, feature_group_count=0), "feature_group_count must be a pos"),
        (partial(nn.Conv, 3, 4, 2, 2, padding="same"), "PyTorch's padding 'same' has strides of 1"),
        (partial(nn.Conv, 3, 4, 2, padding_mode="wrap"), "padding_mode must be one of zeros, ref"),
        (
            partial(nn.Conv, 3, 4, 2, padding="CAUSAL", padding_mode="reflect"),
            "padding 'CAUSAL'",
        ),
        (partial(nn.ConvTranspose, 3, 4, 2, padding="SAME"), "padding 'SAME' is Flax's; PyTorch's"),
        (partial(nn.ConvTranspose, 3, 4, 2, output_padding=1), "output_padding must be below the"),
        (
            partial(nn.ConvTranspose, 3, 4, 2, padding=-1),
            "padding must be an integer from 0",
        ),
        (partial(nn.ConvTranspose, 3, 4, 2, feature_group_count=3), "3 groups must divide in_fea"),
    ],
)
def test_what_cannot_be_built_is_told_when_it_is_built(build, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        build(rngs=nnx.Rngs(0))


@pytest.mark.parametrize("dropout", [0, 1, 0.5, np.float32(0.5), jnp.float32(0.5)])
def test_dropout_is_any_number_from_0_to_1(dropout):
    assert nn.RNN(2, 3, dropout=dropout, rngs=nnx.Rngs(0)).dropout == dropout


@pytest.mark.parametrize("rows", [1, 4])
def test_a_number_without_a_row_is_nan(rows):
    layer = nn.Embedding(rows, 3, rngs=nnx.Rngs(0))
    x = np.array([-rows - 1, -rows, -1, 0, rows - 1, rows, 10**6])
    found = np.asarray(layer(x))
    there = (x >= 0) & (x < rows)
    assert np.array_equal(np.isnan(found), np.broadcast_to(~there[:, None], found.shape))
    np.testing.assert_array_equal(found[there], layer.embedding[...][x[there]])
    assert np.all(np.isnan(layer(-1)))  # a Python integer, too
    np.testing.assert_array_equal(layer(jnp.array([[0]], "uint8")), found[3][None, None])
    with pytest.raises(ValueError, match="inputs must be integers, got float32"):
        layer(jnp.ones(2))

    # A number without a row moves no row.
    graphdef, table = nnx.split(layer)

    def total(table):
        y = nnx.merge(graphdef, table)(x)
        return jnp.sum(jnp.where(jnp.isnan(y), 0, y))

    (moved,) = jax.tree.leaves(jax.grad(total)(table))
    times = np.bincount(x[there], minlength=rows).astype("float32")
    np.testing.assert_array_equal(moved, np.broadcast_to(times[:, None], moved.shape))


def test_numbers_within_a_recurrence_are_the_embeddings():
    embedding, layer = nn.Embedding(4, 3, rngs=nnx.Rngs(0)), nn.RNN(3, 2, rngs=nnx.Rngs(1))
    for x in (np.array([0, 3, -1, 2]), np.array([0, -1])):  # all the table is multiplied, or rows
        found, _ = layer(x, embedding=embedding)
        wanted, _ = layer(embedding(x))
        np.testing.assert_allclose(found, wanted, atol=1e-6)
        assert np.all(np.isnan(found[np.flatnonzero(x < 0)[0] :]))
