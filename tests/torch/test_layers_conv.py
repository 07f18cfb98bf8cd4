"""`nn.Conv` and `nn.ConvTranspose` against PyTorch: outputs, gradients by input, kernel and bias.

Traps 2, 4, 5 and 10 of docs/porting.md; uneven sizes, and any two options together.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import nnx

from jaxdl import nn, parity, replay
from jaxdl.parity import Layer, ParameterMap
from tests.pairs import pairs
from tests.torch.agreement import differences, first, last

SIZES, IN, OUT = (7, 6, 5), 4, 6
RANDOM = np.random.default_rng(0)
FLAGS, RANKS = [True, False], [1, 2, 3]
KERNELS, STRIDES, HOLES = [(3, 2, 1), (2, 4, 3)], [(1, 1, 1), (2, 3, 1)], [(1, 1, 1), (2, 1, 2)]


def rule_of(name, rank):
    return getattr(parity, f"{name}{rank}D")


def case(rule, layer, module, rank):
    """Input, weight and bias as three inputs; the rule carries the latter two in the program."""
    graphdef, _ = nnx.split(layer)
    module = module.double()
    tensors = {name: tensor.detach().numpy() for name, tensor in module.named_parameters()}
    assert set(tensors) == {"weight", "bias"}

    def ours(x, *leaves):
        params = rule.to_jax(dict(zip(tensors, leaves, strict=True)))
        return first(nnx.merge(graphdef, params)(last(x, rank)), rank)

    def theirs(x, *leaves):
        return torch.func.functional_call(module, dict(zip(tensors, leaves, strict=True)), (x,))

    return ours, theirs, [RANDOM.normal(size=(2, IN, *SIZES[:rank])), *tensors.values()], None


def conv(rank, kernel, groups, padding, mode="zeros", strides=None, holes=None):
    ours = partial(nn.Conv, IN, OUT, kernel[:rank], padding_mode=mode, rngs=nnx.Rngs(0))
    theirs = partial(getattr(torch.nn, f"Conv{rank}d"), IN, OUT, kernel[:rank], padding_mode=mode)
    strides, holes = (strides or (1, 1, 1))[:rank], (holes or (1, 1, 1))[:rank]
    return case(
        rule_of("CONV", rank),
        ours(strides, padding=padding, kernel_dilation=holes, feature_group_count=groups),
        theirs(strides, padding=padding, dilation=holes, groups=groups),
        rank,
    )


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("rank", RANKS)
def test_convolution(rank):
    cases, modes = {}, ["zeros", "circular", "reflect", "replicate"]
    for row in pairs(KERNELS, STRIDES, HOLES, [1, 2], [1, (2, 0, 1)], modes):
        kernel, strides, holes, groups, padding, mode = row
        padding = padding if padding == 1 else padding[:rank]
        cases[str(row)] = conv(rank, kernel, groups, padding, mode, strides, holes)
    for mode in modes:
        cases[f"same {mode}"] = conv(rank, KERNELS[1], 2, "same", mode, holes=HOLES[1])
    cases["valid"] = conv(rank, KERNELS[0], 1, "valid", "circular")
    assert differences(cases) == {}


@pytest.mark.parametrize("rank", RANKS)
def test_transposed_convolution(rank):
    cases = {}
    for row in pairs(KERNELS, STRIDES, HOLES, [1, 2], [0, 1, (2, 0, 1)], FLAGS):
        kernel, strides, holes, groups, padding, more = row
        # Below the stride or the dilation; PyTorch calls its dilation `dilation`.
        extra = tuple(max(s, d) - 1 if more else 0 for s, d in zip(strides, holes, strict=True))
        padding = padding if isinstance(padding, int) else padding[:rank]
        options = {"padding": padding, "output_padding": extra[:rank]}
        ours = nn.ConvTranspose(
            IN,
            OUT,
            kernel[:rank],
            strides[:rank],
            kernel_dilation=holes[:rank],
            feature_group_count=groups,
            rngs=nnx.Rngs(0),
            **options,
        )
        theirs = getattr(torch.nn, f"ConvTranspose{rank}d")(
            IN, OUT, kernel[:rank], strides[:rank], dilation=holes[:rank], groups=groups, **options
        )
        cases[str(row)] = case(rule_of("CONV_TRANSPOSE", rank), ours, theirs, rank)
    assert differences(cases) == {}


def test_flaxs_transposed_convolution_by_the_same_rule():
    """Its padding is what surrounds the stretched image: the kernel less 1, less PyTorch's."""
    ours = nnx.ConvTranspose(
        IN, OUT, (3, 4), (2, 3), padding=[(2 - 1, 2 - 1), (3 - 2, 3 - 2)], rngs=nnx.Rngs(0)
    )
    theirs = torch.nn.ConvTranspose2d(IN, OUT, (3, 4), (2, 3), padding=(1, 2))
    assert differences({"": case(parity.CONV_TRANSPOSE2D, ours, theirs, 2)}) == {}
    # PyTorch's own number is another padding there, and a decoder of another size.
    trap = nnx.ConvTranspose(IN, OUT, (3, 4), (2, 3), padding=(1, 2), rngs=nnx.Rngs(0))
    x = np.zeros((1, 7, 6, IN), "float32")
    assert trap(x).shape != ours(x).shape


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize("name", ["Conv", "ConvTranspose"])
def test_maps_go_there_and_back_and_draw_as_pytorch(name, rank):
    module = getattr(torch.nn, f"{name}{rank}d")
    size, rule = (2, 3, 4)[:rank], rule_of({"Conv": "CONV"}.get(name, "CONV_TRANSPOSE"), rank)
    for bias, groups in ((True, 2), (False, 1)):
        torch.manual_seed(3)
        net = module(IN, OUT, size, bias=bias, groups=groups)
        state = {f"layer.{key}": value.numpy() for key, value in net.state_dict().items()}
        options = {"use_bias": bias, "feature_group_count": groups}
        build = partial(getattr(nn, name), IN, OUT, size, **options)
        abstract = nnx.eval_shape(lambda build=build: build(rngs=nnx.Rngs(0)))
        like = {"net": nnx.to_pure_dict(nnx.split(abstract)[1])}
        like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, "float32"), like)
        pair = ParameterMap((Layer("layer", "net", rule),))
        back = pair.to_torch(pair.to_jax(state, like))
        assert {key: value.tobytes() for key, value in back.items()} == {
            key: value.tobytes() for key, value in state.items()
        }
        drawn = pair.to_torch(pair.draw(replay.Generator(3), like))
        for key, value in state.items():
            assert torch.equal(torch.from_numpy(drawn[key]), torch.from_numpy(value)), key


def test_a_kernel_of_another_size_is_told_with_both_names():
    pair = ParameterMap((Layer("up", "decoder", parity.CONV_TRANSPOSE2D),))
    like = {"decoder": {"kernel": np.zeros((3, 2, 4, 6)), "bias": np.zeros(6)}}
    state = {"up.weight": np.zeros((4, 6, 2, 3)), "up.bias": np.zeros(6)}
    with pytest.raises(parity.MapError, match=r"'up.weight' has shape \(4, 6, 2, 3\).*'decoder'"):
        pair.to_jax(state, like)


@pytest.mark.parametrize("slopes", [1, 3])
def test_prelu(slopes):
    """One slope or one a channel, both frameworks' kinks; Flax's own by the same rule."""
    rule, module = parity.PRELU, torch.nn.PReLU(slopes)
    layer = nn.PReLU(slopes)
    x = RANDOM.integers(-2, 3, (2, 3, 5)).astype(float)
    graphdef, params = nnx.split(layer)
    pair = ParameterMap((Layer("", "", rule),))
    state = {"weight": module.weight.detach().numpy()}
    found = pair.to_jax(state, nnx.to_pure_dict(params))
    assert {key: value.tobytes() for key, value in pair.to_torch(found).items()} == {
        "weight": state["weight"].tobytes()
    }
    assert float(np.max(layer.negative_slope[...])) == module.weight.max().item() == 0.25

    def ours(x, weight):
        return first(nnx.merge(graphdef, rule.to_jax({"weight": weight}))(last(x, 1)), 1)

    def theirs(x, weight):
        return torch.nn.functional.prelu(x, weight)

    slope = RANDOM.normal(size=slopes)
    assert differences({"": (ours, theirs, [x, slope], None)}) == {}
    flaxs = nnx.to_pure_dict(nnx.split(nnx.PReLU())[1])
    if slopes == 1:
        assert pair.to_jax(state, flaxs)["negative_slope"].shape == ()


def test_a_decoder_trains_in_half_precision_of_its_own():
    layer = nn.ConvTranspose(2, 3, 2, 2, dtype=jnp.bfloat16, rngs=nnx.Rngs(0))
    assert layer(jnp.ones((1, 4, 2))).dtype == "bfloat16"
    assert layer.kernel.dtype == "float32"
