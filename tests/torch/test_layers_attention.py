"""Attention and the Transformer against PyTorch: outputs, weights, every gradient, initial values.

Traps 24 and 28 of docs/porting.md; uneven sizes, and pairs of all options.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import linen, nnx

from jaxdl import nn, replay
from jaxdl.parity import Layer, ParameterMap, rules
from tests.pairs import missing, pairs
from tests.torch.layers import CARRIERS, QUICK, arrays, drawn, error, random, same

BATCH, QUERIES, KEYS, HEADS, SIZE = 3, 4, 5, 2, 6
HIDES = torch.tensor(np.random.default_rng(3).random((QUERIES, KEYS)) < 0.4)
HIDES[:, 0] = False
PADS = torch.arange(KEYS)[None] >= torch.tensor([5, 2, 3])[:, None]
MASKS = {
    "none": None,
    "truth": HIDES,
    "numbers": random(QUERIES, KEYS),
    "of heads": torch.stack([HIDES, ~HIDES] * BATCH).logical_and(torch.arange(KEYS) > 0),
}
# bias, add_bias_kv, add_zero_attn, batch_first, sizes, mask, padding, need_weights, average.
SIZES = {"alike": {}, "other": {"kdim": 3, "vdim": 5}}
TRUTH = [False, True]
FACTORS = TRUTH, TRUTH, TRUTH, TRUTH, [*SIZES], [*MASKS], TRUTH, TRUTH, TRUTH
CASES = pairs(*FACTORS)


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


def test_any_two_values_meet():
    assert missing(CASES, *FACTORS) == []


@pytest.mark.parametrize("case", CASES)
def test_multihead_attention(case):
    bias, further, zero, first, sizes, mask, pads, weights, average = case
    module = torch.nn.MultiheadAttention(
        SIZE, HEADS, 0.0, bias, further, zero, batch_first=first, **SIZES[sizes]
    )
    place = (lambda n, size: (BATCH, n, size)) if first else (lambda n, size: (n, BATCH, size))
    widths = ((QUERIES, SIZE), (KEYS, module.kdim), (KEYS, module.vdim))
    inputs = [random(*place(*width), seed=i) for i, width in enumerate(widths)]
    same(
        drawn(module),
        *inputs,
        attn_mask=MASKS[mask],
        key_padding_mask=PADS if pads and mask != "numbers" else None,
        need_weights=weights,
        average_attn_weights=average,
    )


def test_without_a_batch_and_a_query_that_sees_nothing():
    module = drawn(torch.nn.MultiheadAttention(SIZE, HEADS))
    x, hides = random(KEYS, SIZE), torch.zeros(KEYS, KEYS, dtype=torch.bool)
    same(module, x, x, x, attn_mask=hides.triu(1))
    hides[1] = True
    apply, like, pair = CARRIERS["MultiheadAttention"](module)
    params = pair.to_jax(module.state_dict(), like)
    for needed in TRUTH:
        options = {"attn_mask": hides, "need_weights": needed}
        found, _ = apply(params, *[x.numpy()] * 3, **arrays(options))
        wanted, _ = module(x, x, x, **options)
        assert np.isnan(found[1]).all() == needed  # else the output's bias
        assert error(found, arrays(wanted)) <= 1e-12


ATTENTION = ["none", "truth", "numbers"], [None, 0.3], [1, 2, 4], ["", "causal"]


@pytest.mark.parametrize(("mask", "scale", "heads", "causal"), pairs(*ATTENTION))
def test_scaled_dot_product_attention(mask, scale, heads, causal):
    """Also with fewer heads of keys, and where a query sees nothing: zeros, and no gradient."""
    sees = ~HIDES
    sees[1] = False
    given = {"none": None, "truth": sees, "numbers": random(BATCH, 4, QUERIES, KEYS)}[mask]
    options = {"scale": scale, "enable_gqa": heads < 4}
    options |= {"is_causal": True} if causal else {"attn_mask": given}
    q, k, v = (random(BATCH, h, n, SIZE) for h, n in ((4, QUERIES), (heads, KEYS), (heads, KEYS)))
    inputs = [tensor.requires_grad_() for tensor in (q, k, v)]
    wanted = torch.nn.functional.scaled_dot_product_attention(*inputs, **options)
    slopes = torch.autograd.grad(wanted.sin().sum(), inputs)

    def loss(inputs):
        y = nn.scaled_dot_product_attention(*inputs, **arrays(options))
        return jnp.sum(jnp.sin(y)), y

    run = jax.jit(jax.grad(loss, has_aux=True), compiler_options=QUICK)
    found, y = run(arrays(inputs))
    for a, b in zip([y, *found], arrays([wanted, *slopes]), strict=True):
        assert error(a, b) <= 1e-12


def test_dropped_weights_are_torchs_with_its_mask():
    module = drawn(torch.nn.MultiheadAttention(SIZE, HEADS, dropout=0.4))
    _, like, pair = CARRIERS["MultiheadAttention"](module)
    x = random(KEYS, BATCH, SIZE)
    torch.manual_seed(1)
    wanted = module(x, x, x)
    torch.manual_seed(1)
    keep = torch.empty(BATCH * HEADS, KEYS, KEYS, dtype=torch.float64).bernoulli_(0.6)
    ours = nn.MultiheadAttention(
        HEADS, SIZE, dropout_rate=0.4, param_dtype="float64", rngs=nnx.Rngs(0)
    )
    nnx.update(ours, pair.to_jax(module.state_dict(), like))
    found = ours(x.numpy(), keep=keep.reshape(BATCH, HEADS, KEYS, KEYS).bool().numpy())
    for a, b in zip(found, wanted, strict=True):
        assert error(a, arrays(b)) <= 1e-12


LAYERS = ["EncoderLayer", "DecoderLayer"], TRUTH, ["relu", "gelu"], TRUTH, TRUTH


@pytest.mark.parametrize(("kind", "first", "activation", "bias", "norm_first"), pairs(*LAYERS))
def test_layers_with_given_dropout(kind, first, activation, bias, norm_first):
    """Masks stand in the places of PyTorch's dropouts; attention keeps all its weights."""
    options = {"activation": activation, "batch_first": first, "bias": bias}
    module = getattr(torch.nn, f"Transformer{kind}")(
        SIZE, HEADS, 7, 0.3, norm_first=norm_first, **options
    )
    _, like, pair = CARRIERS[f"Transformer{kind}"](drawn(module))
    ours = getattr(nn, f"Transformer{kind}")(
        HEADS,
        SIZE,
        7,
        dropout_rate=0.3,
        activation=activation,
        batch_first=first,
        norm_first=norm_first,
        use_bias=bias,
        param_dtype="float64",
        rngs=nnx.Rngs(0),
    )
    params = pair.to_jax(module.state_dict(), like)
    draw, keep = np.random.default_rng(0), {}
    for name in ours.DROPOUTS:
        if name.endswith("attn"):
            getattr(module, name).dropout = 0.0
        else:
            keep[name] = draw.random((BATCH, QUERIES, 7 if name == "dropout" else SIZE)) < 0.7
            setattr(module, name, Given(keep[name]))
    x = [random(BATCH, QUERIES, SIZE), random(BATCH, QUERIES, SIZE, seed=1)]
    inputs = x[:1] if kind == "EncoderLayer" else x
    nnx.update(ours, params)
    assert error(ours(*arrays(inputs), keep=keep), arrays(module(*inputs))) <= 1e-12


class Given(torch.nn.Module):
    """Dropout by a mask."""

    def __init__(self, keep):
        super().__init__()
        self.keep = torch.from_numpy(keep)

    def forward(self, x):
        return x * self.keep / 0.7


def whole(bias=True, **options):
    return torch.nn.Transformer(SIZE, HEADS, 2, 1, 7, 0.0, bias=bias, **options)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("bias", TRUTH)
def test_transformer_with_all_its_masks(bias):
    module = drawn(whole(bias, norm_first=not bias))
    future = torch.nn.Transformer.generate_square_subsequent_mask(QUERIES, dtype=torch.float64)
    hidden = ~nn.causal_mask(QUERIES)
    assert np.array_equal(np.isfinite(future.numpy()), hidden)
    pads = PADS[:, :QUERIES]
    same(
        module,
        random(KEYS, BATCH, SIZE),
        random(QUERIES, BATCH, SIZE, seed=1),
        src_key_padding_mask=PADS,
        tgt_mask=future.isinf(),
        tgt_key_padding_mask=pads,
        memory_key_padding_mask=PADS,
    )


def attention(**options):
    return torch.nn.MultiheadAttention(SIZE, HEADS, **options)


BUILT = {
    "attention": attention,
    "attention of other sizes": lambda: attention(kdim=3, vdim=5, bias=False),
    "attention with more keys": lambda: attention(add_bias_kv=True),
    "encoder layer": lambda: torch.nn.TransformerEncoderLayer(SIZE, HEADS, 7),
    "decoder layer": lambda: torch.nn.TransformerDecoderLayer(SIZE, HEADS, 7, bias=False),
    "encoder": lambda: torch.nn.TransformerEncoder(
        torch.nn.TransformerEncoderLayer(SIZE, HEADS), 2
    ),
    "transformer": whole,
}


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("name", BUILT)
def test_weights_there_and_back_and_drawn_as_torch_draws_them(name):
    torch.manual_seed(5)
    module = BUILT[name]()
    _, like, pair = CARRIERS[f"{type(module).__name__}"](module)
    wanted = {k: (v.shape, v.tobytes()) for k, v in arrays(module.state_dict()).items()}
    carried = pair.to_jax(module.state_dict(), like)
    for tree in (carried, pair.draw(replay.Generator(5), like)):
        back = pair.to_torch(tree)
        assert {k: (v.shape, v.tobytes()) for k, v in back.items()} == wanted


@pytest.mark.parametrize("flax", ["nnx", "linen"])
@jax.numpy_dtype_promotion("standard")
@jax.numpy_rank_promotion("allow")
def test_flaxs_own_attention(flax):
    """By the same rule; its mask says who sees, PyTorch's who does not.

    NNX's goes through `jax.nn.dot_product_attention`, whose softmax is in float32.
    """
    module = drawn(attention(batch_first=True))
    x, hides = random(BATCH, KEYS, SIZE), torch.ones(KEYS, KEYS, dtype=torch.bool).triu(1)
    wanted, _ = module(x, x, x, attn_mask=hides)
    pair = ParameterMap((Layer("", "", rules.multihead_attention(HEADS)),))
    sees = (~hides).numpy()[None, None]
    if flax == "nnx":
        options = {"dtype": "float64", "param_dtype": "float64", "rngs": nnx.Rngs(0)}
        net = nnx.MultiHeadAttention(HEADS, SIZE, decode=False, **options)
        net = pair.to_jax(module.state_dict(), net)
        found = net(x.numpy(), mask=sees)
    else:
        net = linen.MultiHeadDotProductAttention(HEADS, param_dtype="float64")
        like = net.init(jax.random.key(0), x.numpy())["params"]
        params = pair.to_jax(module.state_dict(), like)
        found = net.apply({"params": params}, x.numpy(), mask=sees)
    assert error(found, arrays(wanted)) <= (1e-6 if flax == "nnx" else 1e-12)
