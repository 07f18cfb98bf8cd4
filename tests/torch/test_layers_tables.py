"""Embeddings, bags, bilinear forms, dropout, weight and spectral norm, projected LSTMs.

Traps 24, 35 and 40 of docs/porting.md.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import nnx
from torch.nn.utils import parametrizations
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from jaxdl import nn, replay
from jaxdl.parity import Layer, ParameterMap, rules
from tests.pairs import missing, pairs
from tests.torch.layers import CARRIERS, QUICK, arrays, drawn, error, random, same

NUMBERS = torch.tensor([[1, 4, 4, 0], [3, 1, 4, 4], [6, 6, 2, 1]])


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize(
    "options",
    [
        {"padding_idx": 4},
        {"padding_idx": -1, "scale_grad_by_freq": True},
        {"scale_grad_by_freq": True},
        {"max_norm": 0.9, "padding_idx": 1},
        {"max_norm": 1.1, "norm_type": 1.0},
    ],
    ids=str,
)
def test_embedding(options):
    module = drawn(torch.nn.Embedding(7, 3, **options))
    before = module.weight.detach().clone()
    same(module, NUMBERS)
    if "max_norm" in options:  # PyTorch wrote the shorter rows back
        given = (options["max_norm"], options.get("norm_type", 2.0))
        found = nn.shortened(before.numpy(), NUMBERS.numpy(), *given)
        assert error(found, arrays(module.weight)) <= 1e-12
        assert not torch.equal(before, module.weight)


def test_the_padding_begins_as_zeros():
    torch.manual_seed(5)
    module = torch.nn.Embedding(7, 3, padding_idx=-2)
    pair = ParameterMap((Layer("", "", rules.padded_embedding(-2)),))
    drawn_row = pair.draw(replay.Generator(5), {"embedding": np.ones((7, 3), np.float32)})
    np.testing.assert_array_equal(drawn_row["embedding"], arrays(module.weight))
    assert (nn.Embedding(7, 3, padding_idx=-2, rngs=nnx.Rngs(0)).embedding[...][5] == 0).all()


OFFSETS = [0, 3, 3, 7, 12]  # the second bag is empty; the last offset is its end, or one more bag
BAGS = ["sum", "mean", "max"], ["rows", "offsets", "last offset"], [None, 4], [None, 0.9]


@pytest.mark.parametrize(("mode", "form", "padding", "longest"), pairs(*BAGS))
def test_bags(mode, form, padding, longest):
    options = {"include_last_offset": form == "last offset", "padding_idx": padding}
    module = torch.nn.EmbeddingBag(7, 3, mode=mode, max_norm=longest, **options)
    given = (NUMBERS,) if form == "rows" else (NUMBERS.reshape(-1), torch.tensor(OFFSETS))
    weights = {"per_sample_weights": random(*given[0].shape)} if mode == "sum" else {}
    same(drawn(module), *given, **weights)


@pytest.mark.parametrize("bias", [True, False])
def test_bilinear(bias):
    torch.manual_seed(5)
    module = torch.nn.Bilinear(2, 3, 4, bias=bias)
    _, like, pair = CARRIERS["Bilinear"](module)
    found = pair.to_torch(pair.draw(replay.Generator(5), like))
    for name, wanted in arrays(module.state_dict()).items():
        np.testing.assert_array_equal(found[name], wanted)
    same(drawn(module), random(5, 6, 2), random(5, 6, 3))


def test_drops_what_torch_drops():
    x = random(4, 3, 5)
    functional, rate = torch.nn.functional, 0.3
    shapes = {"dropout": x.shape, "alpha_dropout": x.shape, "dropout1d": (4, 3, 1)}
    shapes["feature_alpha_dropout"] = (4, 3, 1)
    for name, shape in shapes.items():
        torch.manual_seed(2)
        wanted = getattr(functional, name)(x, rate, training=True)
        torch.manual_seed(2)
        keep = torch.empty(shape, dtype=torch.float64).bernoulli_(1 - rate).bool().numpy()
        ours = nn.alpha_dropout if "alpha" in name else nn.dropout
        assert 0 < keep.mean() < 1
        assert error(ours(x.numpy(), rate, keep=keep), arrays(wanted)) <= 1e-12
    layer = nn.Dropout(rate, rngs=nnx.Rngs(0))
    np.testing.assert_array_equal(
        layer(x.numpy(), keep=keep), nn.dropout(x.numpy(), rate, keep=keep)
    )


MODULES = {
    "linear": (lambda: torch.nn.Linear(3, 4), rules.LINEAR, (5, 3)),
    "conv": (lambda: torch.nn.Conv2d(3, 4, (2, 3), bias=False), rules.CONV2D, (2, 3, 4, 5)),
}


def layer_of(kind, kernel, bias, x):
    if kind == "linear":
        return x @ kernel + jnp.broadcast_to(bias, (len(x), len(bias)))
    y = jax.lax.conv_general_dilated(
        jnp.moveaxis(x, 1, -1), kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    return jnp.moveaxis(y, -1, 1)


@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("dim", [0, 1, None])
@pytest.mark.filterwarnings("ignore:.*weight_norm.* is deprecated")
def test_weight_norm(kind, old, dim):
    build, rule, shape = MODULES[kind]
    wrap = torch.nn.utils.weight_norm if old else parametrizations.weight_norm
    module = wrap(build().double(), dim=dim)
    g, v = list(module.parameters())[-2:]
    with torch.no_grad():
        g.mul_(1.5)
    rule = rules.weight_norm(rule, dim=dim, parametrized=not old)
    axis = None if dim is None else {"linear": -1, "conv": -1}[kind] - dim
    if kind == "conv" and dim == 1:
        axis = -2
    grads_agree(
        kind,
        module,
        rule,
        random(*shape),
        lambda p: nn.weight_norm(p["kernel_v"], p["kernel_g"], axis),
    )
    lengths = nn.lengths(v.detach().numpy(), dim)
    assert error(lengths * 1.5, arrays(g)) <= 1e-12


def grads_agree(kind, module, rule, x, kernel_of):
    pair = ParameterMap((Layer("", "", rule),))
    state = arrays(module.state_dict())
    params = rule.to_jax(state)
    back = pair.to_torch(params)
    assert {n: a.tobytes() for n, a in back.items()} == {n: a.tobytes() for n, a in state.items()}
    wanted = module(x)
    named = dict(module.named_parameters())
    slopes = torch.autograd.grad(wanted.sin().sum(), list(named.values()))

    def loss(params):
        y = layer_of(kind, kernel_of(params), params.get("bias"), x.numpy())
        return jnp.sum(jnp.sin(y)), y

    found, y = jax.jit(jax.grad(loss, has_aux=True), compiler_options=QUICK)(params)
    assert error(y, arrays(wanted)) <= 1e-12
    found = pair.to_torch(found)
    for name, slope in zip(named, slopes, strict=True):
        assert error(found[name], arrays(slope)) <= 1e-12, name


@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("dim", [0, 1])
@pytest.mark.filterwarnings("ignore:.*spectral_norm.* is deprecated")
def test_spectral_norm(kind, old, dim):
    build, rule, shape = MODULES[kind]
    wrap = torch.nn.utils.spectral_norm if old else parametrizations.spectral_norm
    module = wrap(build().double(), n_power_iterations=2, dim=dim)
    rule, x = rules.spectral_norm(rule, dim=dim, parametrized=not old), random(*shape)
    options = {"axis": -1 - dim, "v_first": old}
    for _ in range(3):  # in training u and v move
        params = rule.to_jax({n: a.copy() for n, a in arrays(module.state_dict()).items()})
        module(x)
        _, u, v = nn.spectral_norm(
            *(params[f"kernel{name}"] for name in ("", "_u", "_v")), power_iterations=2, **options
        )
        moved = rule.to_torch(params | {"kernel_u": np.array(u), "kernel_v": np.array(v)})
        for name, wanted in arrays(module.state_dict()).items():
            assert error(moved[name], wanted) <= 1e-12, name
    module.eval()
    grads_agree(
        kind,
        module,
        rule,
        x,
        lambda p: nn.spectral_norm(
            p["kernel"], p["kernel_u"], p["kernel_v"], power_iterations=0, **options
        )[0],
    )


LSTM = [1, 2], [True, False], [True, False], [True, False], [True, False]


def test_any_two_values_meet():
    assert missing(pairs(*LSTM), *LSTM) == []
    assert missing(pairs(*BAGS), *BAGS) == []


@pytest.mark.parametrize(("layers", "two", "bias", "first", "ragged"), pairs(*LSTM))
def test_projected_lstm(layers, two, bias, first, ragged):
    """With lengths, too: between packing and padding, every gradient."""
    torch.manual_seed(5)
    module = torch.nn.LSTM(3, 4, layers, bias, first, bidirectional=two, proj_size=2)
    _, like, pair = CARRIERS["LSTM"](module)
    found = pair.to_torch(pair.draw(replay.Generator(5), like))
    for name, wanted in arrays(module.state_dict()).items():
        np.testing.assert_array_equal(found[name], wanted)
    module, seq, batch = drawn(module), 5, 3
    x = random(batch, seq, 3) if first else random(seq, batch, 3)
    if not ragged:
        rows = layers * (1 + two)
        same(module, x, (random(rows, batch, 2), random(rows, batch, 4)))
        return
    lengths = torch.tensor([2, 5, 3])
    steps = pack_padded_sequence(x, lengths, first, enforce_sorted=False)
    output, state = module(steps)
    output, _ = pad_packed_sequence(output, first, total_length=seq)
    wanted = [output, *state]
    named = dict(module.named_parameters())
    slopes = torch.autograd.grad(sum(y.sin().sum() for y in wanted), list(named.values()))

    def loss(params):
        output, state = nn.lstm(params, x.numpy(), lengths=lengths.numpy(), batch_first=first)
        return sum(jnp.sum(jnp.sin(y)) for y in (output, *state)), [output, *state]

    params = pair.to_jax(module.state_dict(), like)
    found, values = jax.jit(jax.grad(loss, has_aux=True), compiler_options=QUICK)(params)
    for a, b in zip(values, wanted, strict=True):
        assert error(a, arrays(b)) <= 1e-12
    found = pair.to_torch(found)
    for name, slope in zip(named, slopes, strict=True):
        assert error(found[name], arrays(slope)) <= 1e-12, name
