"""Normalisations against PyTorch: outputs, every gradient, running statistics over three steps.

Traps 7 and 8 of docs/porting.md; uneven sizes, and pairs of all options.
"""

import copy
from collections import OrderedDict
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import nnx

from jaxdl import nn
from jaxdl.parity import Layer, ParameterMap, convert, rules
from tests.pairs import missing, pairs
from tests.torch.layers import CARRIERS, QUICK, arrays, drawn, error, random, same

AFFINE = {"both": {"affine": True}, "none": {"affine": False}, "no bias": {"bias": False}}
# Sizes behind the batch and the features, momentum, affine, running statistics.
BATCH = [(), (4,), (3, 4), (2, 3, 4)], [0.1, 0.3, None], [*AFFINE], [True, False]
INSTANCE = [(4,), (3, 4), (2, 3, 4)], [0.1, None], [*AFFINE], [True, False]
KINDS = {"BatchNorm": (BATCH, pairs(*BATCH)), "InstanceNorm": (INSTANCE, pairs(*INSTANCE))}
CASES = [(kind, *row) for kind, (_, rows) in KINDS.items() for row in rows]


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


def test_any_two_values_meet():
    assert [missing(rows, *factors) for factors, rows in KINDS.values()] == [[], []]


@pytest.mark.parametrize(("kind", "sizes", "momentum", "affine", "tracks"), CASES)
def test_three_steps_then_evaluation(kind, sizes, momentum, affine, tracks):
    name = f"{kind}{max(len(sizes), 1)}d"
    options = {"affine": True} | AFFINE[affine]
    module = drawn(
        getattr(torch.nn, name)(3, 1e-3, momentum, track_running_stats=tracks, **options)
    )
    carried = trained(kind, module, [random(5, 3, *sizes, seed=s) * 3 + 2 for s in range(3)])
    theirs = arrays(module.state_dict())
    if not (momentum is None and kind == "BatchNorm"):  # no count where nothing needs it
        theirs.pop("num_batches_tracked", None)
    assert set(carried) == set(theirs)
    for key, wanted in theirs.items():
        assert error(carried[key], wanted) <= 1e-12, key
    same(module.train(), random(4, 3, *sizes))
    if tracks:  # else it is the same program
        same(module.eval(), random(4, 3, *sizes))


def trained(kind, module, batches):
    """Three steps of both; the numbers of ours, as a `state_dict`."""
    kept = {} if module.momentum is None else {"momentum": 1 - module.momentum}
    ours = getattr(nn, kind)(
        3,
        epsilon=module.eps,
        **(kept or {"momentum": None}),
        use_scale=module.weight is not None,
        use_bias=module.bias is not None,
        track_running_stats=module.track_running_stats,
        param_dtype="float64",
        rngs=nnx.Rngs(0),
    )
    _, like, pair = CARRIERS[f"{type(module).__name__}"](module)
    # Copies: a layer of NNX writes into a NumPy array, and so into PyTorch's own memory.
    nnx.update(ours, jax.tree.map(jnp.array, pair.to_jax(module.state_dict(), like)))
    for x in batches:
        found = jnp.moveaxis(ours(np.moveaxis(x.numpy(), 1, -1)), -1, 1)
        assert error(found, arrays(module(x))) <= 1e-12
    return pair.to_torch(nnx.to_pure_dict(nnx.state(ours)))


def test_an_empty_batch_moves_nothing():
    ours, x = nn.BatchNorm(3, momentum=None, rngs=nnx.Rngs(0)), np.zeros((0, 3), "float32")
    assert ours(x).shape == (0, 3)
    assert (ours.mean[...] == 0).all()
    assert ours.count[...] == 1  # as PyTorch's
    module = torch.nn.BatchNorm1d(3, momentum=None)
    module(torch.from_numpy(x))
    assert module.num_batches_tracked == 1
    assert (module.running_mean == 0).all()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("shape", "size"), [([5], (2, 3, 5)), ([3, 5], (2, 3, 5)), ([2, 3], (2, 3))]
)
def test_layer_and_rms_norm(shape, size, bias):
    same(drawn(torch.nn.LayerNorm(shape, bias=bias)), random(*size))
    same(torch.nn.LayerNorm(shape, 0.1, elementwise_affine=False).double(), random(*size))
    same(drawn(torch.nn.RMSNorm(shape)), random(*size) * 1e-8)  # as small as the epsilon's root
    same(drawn(torch.nn.RMSNorm(shape, 0.1)), random(*size))


@pytest.mark.parametrize(
    ("sizes", "groups"), [((), 1), ((), 3), ((5,), 3), ((5,), 12), ((2, 3), 1), ((2, 3), 3)]
)
def test_group_norm(sizes, groups):
    same(drawn(torch.nn.GroupNorm(groups, 12, affine=groups != 1)), random(4, 12, *sizes))


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_local_response_norm(size):
    same(torch.nn.LocalResponseNorm(size, 0.3, 0.6, 1.5), random(2, 5, 3, 4))


def test_half_precision_is_normalised_in_single():
    x = (random(4, 6) * 1e-3).bfloat16()
    for module, ours in ((torch.nn.RMSNorm(6), nn.RMSNorm), (torch.nn.LayerNorm(6), nn.LayerNorm)):
        wanted = module.bfloat16()(x).float().numpy(force=True)
        layer = ours(6, param_dtype=jnp.bfloat16, rngs=nnx.Rngs(0))
        found = layer(x.float().numpy().astype(jnp.bfloat16)).astype("float32")
        np.testing.assert_allclose(found, wanted, atol=2**-8 * np.abs(wanted).max())


FLAXS = {
    "batch": (torch.nn.BatchNorm1d, nnx.BatchNorm, rules.BATCH_NORM, {"momentum": 0.9}),
    "layer": (torch.nn.LayerNorm, nnx.LayerNorm, rules.LAYER_NORM, {"epsilon": 1e-5}),
    "group": (partial(torch.nn.GroupNorm, 2), nnx.GroupNorm, rules.GROUP_NORM, {"epsilon": 1e-5}),
    "rms": (torch.nn.RMSNorm, nnx.RMSNorm, rules.RMS_NORM, {"epsilon": 2.0**-52}),
}


@pytest.mark.parametrize("kind", FLAXS)
@jax.numpy_dtype_promotion("standard")  # Flax promotes float64 and float32
def test_flaxs_own_layers_with_the_right_arguments_and_without(kind):
    """The rules serve Flax's layers; with Flax's defaults the numbers differ where x is small."""
    build, flaxs, rule, right = FLAXS[kind]
    pair, x = ParameterMap((Layer("", "", rule),)), random(5, 6) * 1e-3
    options = {"dtype": "float64", "param_dtype": "float64", "rngs": nnx.Rngs(0)}
    options |= {"num_groups": 2} if kind == "group" else {}
    outputs, variances = [], []
    for given in ({"use_fast_variance": False, **right}, {}):
        module = drawn(build(6))
        flax = pair.to_jax(copy.deepcopy(module).state_dict(), flaxs(6, **options, **given))
        outputs.append(error(flax(x.numpy()), arrays(module(x))))
        if kind == "batch":
            variances.append(error(flax.var[...], arrays(module.running_var)))
    assert outputs[0] <= 1e-12
    if kind == "batch":  # the output is the batch's own; what evaluation takes differs
        assert min(variances) > 1e-8
    else:
        assert outputs[1] > 1e-3


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, float("inf")])
def test_lengths_angles_and_distances(p):
    a, b = random(3, 4), random(3, 4, seed=1)
    a[0] = 0
    b[1] = a[1]
    for name, options in (
        ("normalize", {"p": p}),
        ("cosine_similarity", {}),
        ("pairwise_distance", {"p": p}),
    ):
        others = () if name == "normalize" else (b,)
        theirs = getattr(torch.nn.functional, name)(a.requires_grad_(), *others, **options)
        (slope,) = torch.autograd.grad(theirs.cos().sum(), a)
        ours = partial(getattr(nn, name), **options)
        x, *rest = arrays((a, *others))

        def total(x, ours=ours, rest=tuple(rest)):
            y = ours(x, *rest)
            return jnp.sum(jnp.cos(y)), y

        found, y = jax.jit(jax.grad(total, has_aux=True), compiler_options=QUICK)(x)
        assert error(y, arrays(theirs)) <= 1e-12
        assert error(found, arrays(slope)) <= 1e-12


def test_convert_finds_norms_by_their_names():
    class Net(nnx.Module):
        def __init__(self, rngs):
            self.first = nn.Linear(4, 3, param_dtype="float64", rngs=rngs)
            self.batch = nn.BatchNorm(3, param_dtype="float64", rngs=rngs)
            self.layer = nn.LayerNorm(3, param_dtype="float64", rngs=rngs)

        def __call__(self, x):
            return self.layer(self.batch(self.first(x)))

    names = {"first": torch.nn.Linear(4, 3), "batch": torch.nn.BatchNorm1d(3)}
    module = drawn(torch.nn.Sequential(OrderedDict(names, layer=torch.nn.LayerNorm(3))))
    x, net = random(5, 4), convert(module.eval(), Net(nnx.Rngs(0))).params
    net.eval()
    assert error(net(x.numpy()), arrays(module(x))) <= 1e-12
