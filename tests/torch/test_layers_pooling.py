"""Pooling, padding and resampling against PyTorch: values, indices and gradients, ties among them.

Traps 6 and 23 of docs/porting.md; uneven sizes.
"""

from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch.nn import functional

from jaxdl import nn
from tests.pairs import pairs
from tests.torch.agreement import differences

SIZES = (9, 8, 7)
RANDOM = np.random.default_rng(0)


def image(rank, ties=False, batch=True):
    shape = ((2,) if batch else ()) + (3, *SIZES[:rank])
    return RANDOM.integers(0, 4, shape).astype(float) if ties else RANDOM.normal(size=shape)


def theirs(name, rank):
    return getattr(functional, f"{name}{rank}d")


RANKS, FLAGS = [1, 2, 3], [False, True]
WINDOWS = [((3, 2, 2), (2, 3, 1)), ((2, 3, 4), None), ((4, 2, 3), (3, 5, 2))]
OURS, THEIRS = ("window_shape", "strides"), ("kernel_size", "stride")


def both(name, rank, window, strides, ours=None, **options):
    """The same pooling of either framework."""
    sizes = (window[:rank], strides and strides[:rank])
    there = [numbers[0] if rank == 1 and numbers else numbers for numbers in sizes]
    return (
        partial(ours or getattr(nn, name), **dict(zip(OURS, sizes, strict=True)), **options),
        partial(theirs(name, rank), **dict(zip(THEIRS, there, strict=True)), **options),
    )


@pytest.mark.parametrize("rank", RANKS)
def test_max_pooling(rank):
    cases = {}
    for row in pairs(WINDOWS, [(1, 1, 1), (2, 1, 2)], FLAGS, FLAGS, FLAGS, FLAGS):
        (window, strides), dilation, padded, ceil_mode, return_indices, ties = row
        options = {"dilation": dilation[:rank], "ceil_mode": ceil_mode}
        options["padding"] = tuple(size // 2 * padded for size in window[:rank])
        options["return_indices"] = return_indices
        pair = both("max_pool", rank, window, strides, **options)
        cases[str(row)] = (*pair, [image(rank, ties, batch=not ceil_mode)], rank)
    assert differences(cases) == {}


@pytest.mark.parametrize("rank", RANKS)
def test_average_pooling(rank):
    cases = {}
    for row in pairs(WINDOWS, FLAGS, FLAGS, FLAGS, [None, 3] if rank > 1 else [None]):
        (window, strides), padded, ceil_mode, counted, divisor = row
        options = {"ceil_mode": ceil_mode, "count_include_pad": counted}
        options["padding"] = tuple(size // 2 * padded for size in window[:rank])
        options |= {"divisor_override": divisor} if divisor else {}
        pair = both("avg_pool", rank, window, strides, **options)
        cases[str(row)] = (*pair, [image(rank, batch=not ceil_mode)], rank)
    assert differences(cases) == {}


@pytest.mark.parametrize("rank", RANKS)
def test_pooling_by_norm_and_adaptive(rank):
    cases = {}
    for power, ceil_mode in ((1.5, True), (2, False), (3, True), (np.inf, True), (-np.inf, False)):
        x = np.abs(image(rank))
        x[..., :3] = 0  # windows of zeros: no root there has a slope
        pair = both("lp_pool", rank, (3, 2, 3), (2, 3, 2), norm_type=power, ceil_mode=ceil_mode)
        cases[f"norm {power}"] = (*pair, [x], rank)
    for size in ((4, 3, 5), (3, 4, 7), (10, 1, None)):
        size = size[:rank]
        whole = tuple(n or m for n, m in zip(size, SIZES, strict=False))
        cases[f"mean {size}"] = (
            partial(nn.adaptive_avg_pool, output_size=size),
            partial(theirs("adaptive_avg_pool", rank), output_size=whole),
            [image(rank, batch=size[0] == 4)],
            rank,
        )
        for indices in FLAGS:
            cases[f"maximum {size} {indices}"] = (
                partial(nn.adaptive_max_pool, output_size=size, return_indices=indices),
                partial(
                    theirs("adaptive_max_pool", rank), output_size=whole, return_indices=indices
                ),
                [image(rank, ties=True)],
                rank,
            )
    assert differences(cases) == {}


def test_fractional_pooling():
    cases = {}
    for rank, indices, sized in pairs([2, 3], FLAGS, FLAGS):
        window, samples = (2, 3, 1)[:rank], RANDOM.uniform(size=(2, 3, rank))
        size, ratio = ((4, 5, 6)[:rank], None) if sized else (None, (0.5, 0.7, 0.3)[:rank])
        options = {"output_size": size, "output_ratio": ratio, "return_indices": indices}
        cases[f"{rank} {indices} {sized}"] = (
            partial(nn.fractional_max_pool, window_shape=window, samples=samples, **options),
            partial(
                theirs("fractional_max_pool", rank),
                kernel_size=window,
                _random_samples=torch.tensor(samples),
                **options,
            ),
            [image(rank, ties=True)],
            rank,
        )
    assert differences(cases) == {}


def test_unpooling():
    """Windows that overlap find the same pixel twice: both have its gradient."""
    cases = {}
    for window, strides, padding in ((2, None, 0), (3, 2, 1), (3, 1, 1)):
        for rank in RANKS:
            x = torch.tensor(image(rank, ties=True))
            y, indices = theirs("max_pool", rank)(x, window, strides, padding, return_indices=True)
            where = np.moveaxis(indices.numpy().astype("int32"), 1, -1)
            options = {"padding": padding}
            if window != 2 or rank > 1:
                options["output_size"] = SIZES[:rank]
            cases[f"{window} {rank}"] = (
                partial(
                    nn.max_unpool,
                    indices=jnp.asarray(where),
                    window_shape=(window,) * rank,
                    strides=strides,
                    **options,
                ),
                partial(
                    theirs("max_unpool", rank),
                    indices=indices,
                    kernel_size=window,
                    stride=strides,
                    **options,
                ),
                [y.numpy()],
                rank,
            )
    assert differences(cases) == {}


def test_padding():
    cases = {}
    pads = [((1, 2), (3, 0), (2, 4)), ((2, -1), (-2, 3), (0, 1))]
    for rank, sides, mode in pairs(RANKS, pads, ["constant", "reflect", "replicate", "circular"]):
        flat = tuple(side for pair in reversed(sides[:rank]) for side in pair)
        options = {"mode": mode} | ({"value": 1.5} if mode == "constant" else {})
        cases[f"{rank} {sides} {mode}"] = (
            partial(nn.pad, padding=sides[:rank], **options),
            partial(functional.pad, pad=flat, **options),
            [image(rank)],
            rank,
        )
    assert differences(cases) == {}


UP = [{"size": (13, 5, 7)}, {"size": (9, 17, 3)}, {"scale_factor": (1.7, 0.6, 2.0)}]
UP += [{"scale_factor": (1.15, 2.5, 0.3)}, {"scale_factor": 1.37, "recompute_scale_factor": True}]
MODES = {"linear": [1], "bilinear": [2], "trilinear": [3], "bicubic": [2]}
MODES |= {"nearest": RANKS, "nearest-exact": RANKS}


@pytest.mark.parametrize("mode", MODES)
def test_upsampling(mode):
    cases = {}
    for rank, options, corners in pairs(
        MODES[mode], UP, FLAGS if len(MODES[mode]) == 1 else [None]
    ):
        cut = {
            key: value[:rank] if isinstance(value, tuple) else value
            for key, value in options.items()
        }
        cases[f"{cut} {corners}"] = (
            partial(nn.upsample, mode=mode, align_corners=bool(corners), **cut),
            partial(functional.interpolate, mode=mode, align_corners=corners, **cut),
            [image(rank)],
            rank,
        )
    assert differences(cases) == {}


def test_the_nearest_pixel_where_pytorch_contradicts_itself():
    """Its gradient is not that of its values; here both are those of the values."""
    x, factor = torch.arange(9.0, requires_grad=True), 2.05
    y = functional.interpolate(x[None, None], scale_factor=factor)
    y.sum().backward()
    ours = nn.upsample(jnp.arange(9.0)[None, :, None], scale_factor=factor)
    np.testing.assert_array_equal(ours.ravel(), y.detach().numpy().ravel())
    times = np.bincount(y.detach().numpy().ravel().astype(int), minlength=9)
    assert (x.grad.numpy() != times).any()


def test_pixels_channels_and_patches():
    window = {"dilation": (2, 1), "padding": (1, 2)}
    x, rows = RANDOM.normal(size=(2, 12, 4, 6)), lambda y: jnp.swapaxes(y, 1, 2)
    patches = functional.unfold(torch.tensor(x), (2, 3), **window, stride=(1, 2)).numpy()
    cases = {
        "shuffle": (lambda x: nn.pixel_shuffle(x, 2), torch.nn.PixelShuffle(2), [x], 2),
        "unshuffle": (lambda x: nn.pixel_unshuffle(x, 2), torch.nn.PixelUnshuffle(2), [x], 2),
        "channels": (lambda x: nn.channel_shuffle(x, 3), torch.nn.ChannelShuffle(3), [x], 2),
        "flatten": (
            lambda x: nn.flatten_channels_first(jnp.moveaxis(x, 1, -1)),
            torch.nn.Flatten(),
            [x],
            None,
        ),
        "unflatten": (
            lambda x: jnp.moveaxis(nn.unflatten_channels_first(x, (4, 6, 12)), -1, 1),
            torch.nn.Unflatten(1, (12, 4, 6)),
            [x.reshape(2, -1)],
            None,
        ),
        "unfold": (
            lambda x: rows(nn.unfold(jnp.moveaxis(x, 1, -1), (2, 3), strides=(1, 2), **window)),
            torch.nn.Unfold((2, 3), **window, stride=(1, 2)),
            [x],
            None,
        ),
        "fold": (
            lambda y: jnp.moveaxis(
                nn.fold(rows(y), (4, 6), (2, 3), strides=(1, 2), **window), -1, 1
            ),
            torch.nn.Fold((4, 6), (2, 3), **window, stride=(1, 2)),
            [patches],
            None,
        ),
    }
    assert differences(cases) == {}
