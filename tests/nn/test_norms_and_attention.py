"""Normalisations, attention, bags and dropout without PyTorch: definitions, errors, precision."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxdl import nn

# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}
X = np.random.default_rng(0).normal(2, 3, (4, 5, 6)).astype("float32")


def build(layer, *sizes, **options):
    return layer(*sizes, rngs=nnx.Rngs(0), **options)


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5)


def test_what_each_norm_averages_over():
    def standard(x, axes):
        return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + 1e-5)

    close(build(nn.LayerNorm, 6)(X), standard(X, -1))
    close(build(nn.LayerNorm, (5, 6))(X), standard(X, (1, 2)))
    close(build(nn.InstanceNorm, 6)(X), standard(X, 1))
    groups = standard(X.reshape(4, 5, 2, 3), (1, 3)).reshape(X.shape)
    close(build(nn.GroupNorm, 6, 2)(X), groups)
    close(build(nn.RMSNorm, 6)(X), X / np.sqrt((X**2).mean(-1, keepdims=True)))


def test_batch_norm_averages_over_all_batches_where_momentum_is_none():
    norm = build(nn.BatchNorm, 6, momentum=None)
    for x in X:
        norm(x)
    close(norm.mean[...], X.mean((0, 1)))
    assert norm.count[...] == 4
    norm.eval()
    norm(X[0])
    assert norm.count[...] == 4


def test_running_statistics_stay_in_float32():
    norm = build(nn.InstanceNorm, 6, track_running_stats=True, param_dtype=jnp.bfloat16)
    assert norm(X.astype(jnp.bfloat16)).dtype == jnp.bfloat16
    assert norm.mean[...].dtype == norm.var[...].dtype == np.float32


SEES = np.array([[True, False, True], [False, False, False]])


def test_attention_sees_what_the_mask_lets_it():
    q, k, v = X[0, :2], X[1, :3], X[2, :3]
    y = nn.scaled_dot_product_attention(q, k, v, SEES)
    logits = (q @ k.T)[0, [0, 2]] / 6**0.5
    weights = np.exp(logits - logits.max())
    close(y[0], weights / weights.sum() @ v[[0, 2]])
    close(y[1], np.zeros(6))
    loss = lambda *inputs: jnp.sum(nn.scaled_dot_product_attention(*inputs, SEES))  # noqa: E731
    slopes = jax.jit(jax.grad(loss, (0, 1, 2)), compiler_options=QUICK)(q, k, v)
    assert all(np.isfinite(slope).all() for slope in slopes)


def test_training_wants_a_key_and_evaluation_none():
    layer = build(nn.TransformerEncoder, 2, 2, 6, 7, dropout_rate=0.5)
    run = jax.jit(lambda key: layer(X, key=key), compiler_options=QUICK)
    first, second, same = (run(jax.random.key(seed)) for seed in (0, 1, 0))
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(first, same)
    ones, none = np.ones(X.shape, bool), np.zeros(X.shape, bool)
    np.testing.assert_array_equal(nn.dropout(X, 0.5, keep=ones), X * 2)
    assert not nn.dropout(X, 1.0, keep=none).any()


def test_a_causal_mask_hides_the_future():
    layer = build(nn.Transformer, 2, 6, 1, 1, 7, batch_first=True)
    hidden = {"target_mask": nn.causal_mask(5)}
    changed = X.copy()
    changed[:, 3:] += 1
    run = jax.jit(lambda target: layer(X, target, **hidden), compiler_options=QUICK)
    a, b = run(X), run(changed)
    close(a[:, :3], b[:, :3])
    assert not np.allclose(a[:, 3:], b[:, 3:], atol=1e-3)


MASK = np.zeros((2, 3), bool)
TABLE = partial(build, nn.EmbeddingBag, 4, 3)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda: build(nn.LayerNorm, 5)(X), r"x has shape \(4, 5, 6\); the layer's features are"),
        (lambda: build(nn.LayerNorm, ()), "num_features must be a positive integer, got 0"),
        (lambda: build(nn.GroupNorm, 6, 4), "4 groups must divide num_features 6"),
        (lambda: build(nn.InstanceNorm, 6)(X[:, :1]), r"\(4, 1, 6\) has one number a feature"),
        (lambda: build(nn.InstanceNorm, 6)(X[0]), r"expected \(batch, ..., 6\)"),
        (lambda: build(nn.MultiheadAttention, 4, 6), "4 heads must divide in_features 6"),
        (
            lambda: build(nn.MultiheadAttention, 2, 6)(X, attn_mask=MASK),
            r"attn_mask has shape \(2, 3\), expected \(4, 4\) or \(10, 4, 4\)",
        ),
        (
            lambda: build(nn.MultiheadAttention, 2, 6)(X, key_padding_mask=MASK),
            r"key_padding_mask has shape \(2, 3\), expected \(5, 4\)",
        ),
        (lambda: build(nn.MultiheadAttention, 2, 6)(X, X[0]), "all with a batch, or none"),
        (
            lambda: nn.scaled_dot_product_attention(X, X, X, MASK, is_causal=True),
            "is_causal is a mask",
        ),
        (
            lambda: nn.scaled_dot_product_attention(X, X[:3], X[:3], enable_gqa=True),
            "3 heads of the key do not divide 4 of the query",
        ),
        (
            lambda: build(nn.TransformerEncoderLayer, 2, 6, 7)(X, keep={"dropout9": MASK}),
            r"keep has \['dropout9'\]; the layer's dropouts are",
        ),
        (
            lambda: build(nn.TransformerEncoderLayer, 2, 6, activation="tanh"),
            "activation must be 'relu', 'gelu' or callable, got 'tanh'",
        ),
        (lambda: build(nn.Embedding, 4, 3, padding_idx=4), "padding_idx 4 is not one of 4 rows"),
        (lambda: TABLE(mode="median"), "mode must be one of"),
        (lambda: TABLE()(np.arange(3)), r"\(3,\) are \(bags, size\), or \(numbers,\) with offsets"),
        (
            lambda: TABLE()(np.zeros((2, 2), int), None, np.ones((2, 2))),
            "per_sample_weights go with the mode 'sum', not 'mean'",
        ),
        (lambda: build(nn.Bilinear, 5, 6, 2)(X, X), r"expected \(..., 5\) and \(..., 6\)"),
        (lambda: build(nn.LSTM, 2, 3, proj_features=3), "proj_features 3 must be less than"),
        (
            lambda: nn.weight_norm(X[0], np.ones(6)),
            r"kernel_g has shape \(6,\), expected \(1, 6\) for v's \(5, 6\)",
        ),
        (
            lambda: nn.spectral_norm(X[0], np.ones(5), np.ones(6)),
            r"u and v have shapes \(5,\) and \(6,\); the kernel's matrix is \(6, 5\)",
        ),
    ],
)
def test_what_does_not_fit_is_told(run, message):
    with pytest.raises(ValueError, match=message):
        run()
