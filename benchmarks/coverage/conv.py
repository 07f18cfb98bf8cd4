"""Convolution, pooling, padding and activations: PyTorch's modules as programs of `jaxdl.nn`.

What `jaxdl.nn` wants is written out from the module's attributes; the layout changes at the border.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from benchmarks.coverage.carried import Carried
from jaxdl import nn
from jaxdl.parity import PRELU, Layer, ParameterMap, Rule, rules

if TYPE_CHECKING:
    from torch.nn import Module

Carrier = Callable[[Any], Carried]

# A buffer of PyTorch's, what jaxdl.nn.fractional_max_pool is given.
SAMPLES = Rule(
    "samples of fractional pooling",
    torch=("_random_samples",),
    jax=("samples",),
    to_jax=lambda tensors: {"samples": tensors["_random_samples"]},
    to_torch=lambda leaves: {"_random_samples": leaves["samples"]},
    optional={},
)


def _channels_last(function: Callable[..., Any], rank: int) -> Callable[..., Any]:
    """The function of images (…, channels, *dimensions), which has them last."""

    def apply(*inputs: Any) -> Any:
        outputs = function(*(jnp.moveaxis(x, -rank - 1, -1) for x in inputs))
        return jax.tree.map(lambda y: jnp.moveaxis(y, -1, -rank - 1), outputs)

    return apply


def _function(function: Callable[..., Any], rank: int | None = None) -> Carried:
    """Without parameters, of images of so many dimensions or of any axes."""
    apply = function if rank is None else _channels_last(function, rank)
    return Carried(lambda params, *inputs: apply(*inputs), {}, ParameterMap(()))


def _layer(
    build: Callable[..., nnx.Module], rule: Rule, apply: Callable[[Any, Any], Any]
) -> Carried:
    """A layer of `jaxdl.nn`; `apply` is given it and the input."""
    graphdef, state = nnx.split(nnx.eval_shape(lambda: build(rngs=nnx.Rngs(0))))
    like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), nnx.to_pure_dict(state))
    program = lambda params, x: apply(nnx.merge(graphdef, params), x)  # noqa: E731
    return Carried(program, like, ParameterMap((Layer("", "", rule),)))


def _sizes(numbers: Any, rank: int) -> tuple[Any, ...]:
    return tuple(numbers) if isinstance(numbers, tuple | list) else (numbers,) * rank


def _conv(rank: int, module: Any) -> Carried:
    padding = module.padding
    build = partial(
        nn.Conv,
        module.in_channels,
        module.out_channels,
        module.kernel_size,
        module.stride,
        padding=padding if isinstance(padding, str) else tuple(padding),
        padding_mode=module.padding_mode,
        kernel_dilation=module.dilation,
        feature_group_count=module.groups,
        use_bias=module.bias is not None,
    )
    rule = getattr(rules, f"CONV{rank}D")
    return _layer(build, rule, lambda layer, x: _channels_last(layer, rank)(x))


def _conv_transpose(rank: int, module: Any) -> Carried:
    build = partial(
        nn.ConvTranspose,
        module.in_channels,
        module.out_channels,
        module.kernel_size,
        module.stride,
        padding=module.padding,
        output_padding=module.output_padding,
        kernel_dilation=module.dilation,
        feature_group_count=module.groups,
        use_bias=module.bias is not None,
    )
    rule = getattr(rules, f"CONV_TRANSPOSE{rank}D")
    return _layer(build, rule, lambda layer, x: _channels_last(layer, rank)(x))


def _window(module: Any, rank: int, *names: str) -> dict[str, Any]:
    """Window, strides, and whatever else has one name on both sides."""
    strides = None if module.stride is None else _sizes(module.stride, rank)
    window = {"window_shape": _sizes(module.kernel_size, rank), "strides": strides}
    return window | {name: getattr(module, name) for name in names}


def _max_pool(rank: int, module: Any) -> Carried:
    names = ("padding", "dilation", "ceil_mode", "return_indices")
    return _function(partial(nn.max_pool, **_window(module, rank, *names)), rank)


def _avg_pool(rank: int, module: Any) -> Carried:
    options = _window(module, rank, "padding", "ceil_mode", "count_include_pad")
    options["divisor_override"] = getattr(module, "divisor_override", None)
    return _function(partial(nn.avg_pool, **options), rank)


def _lp_pool(rank: int, module: Any) -> Carried:
    return _function(partial(nn.lp_pool, **_window(module, rank, "norm_type", "ceil_mode")), rank)


def _adaptive_max_pool(rank: int, module: Any) -> Carried:
    size, indices = _sizes(module.output_size, rank), module.return_indices
    return _function(partial(nn.adaptive_max_pool, output_size=size, return_indices=indices), rank)


def _adaptive_avg_pool(rank: int, module: Any) -> Carried:
    size = _sizes(module.output_size, rank)
    return _function(partial(nn.adaptive_avg_pool, output_size=size), rank)


def _fractional_max_pool(rank: int, module: Any) -> Carried:
    if module._random_samples is None:
        raise ValueError(
            "PyTorch's fractional pooling draws its samples at every call; give it _random_samples "
            "and jaxdl.nn.fractional_max_pool the same as samples"
        )
    ratio = module.output_ratio

    def pool(samples: Any, x: Any) -> Any:  # (n, *dimensions, channels), or without n
        batch = x if x.ndim == rank + 2 else x[None]
        found = nn.fractional_max_pool(
            batch,
            _sizes(module.kernel_size, rank),
            samples[: batch.shape[0]],
            output_size=module.output_size and _sizes(module.output_size, rank),
            output_ratio=None if ratio is None else _sizes(ratio, rank),
            return_indices=module.return_indices,
        )
        return found if x.ndim == rank + 2 else jax.tree.map(lambda y: y[0], found)

    return Carried(
        lambda params, x: _channels_last(partial(pool, params["samples"]), rank)(x),
        {"samples": np.zeros(module._random_samples.shape)},
        ParameterMap((Layer("", "", SAMPLES),)),
    )


def _pad(mode: str, rank: int, module: Any) -> Carried:
    flat = _sizes(module.padding, 2 * rank)  # the last dimension's first
    pads = [(flat[2 * i], flat[2 * i + 1]) for i in reversed(range(rank))]
    value = module.value if mode == "constant" else 0
    return _function(partial(nn.pad, padding=pads, mode=mode, value=value), rank)


def _prelu(module: Any) -> Carried:
    def apply(layer: Any, x: Any) -> Any:
        return layer(x) if x.ndim < 2 else jnp.moveaxis(layer(jnp.moveaxis(x, 1, -1)), -1, 1)

    return _layer(lambda rngs: nn.PReLU(module.num_parameters), PRELU, apply)


def _along(function: Callable[..., Any], module: Any) -> Carried:
    """Over an axis: a bare number has one, too, and where none is given PyTorch guesses."""

    def apply(x: Any) -> Any:
        axis = module.dim
        if axis is None:
            axis = 0 if x.ndim in (0, 1, 3) else 1
        return function(x.reshape(x.shape or (1,)), axis=axis).reshape(x.shape)

    return _function(apply)


def _rrelu(module: Any) -> Carried:
    if module.training:
        raise ValueError(
            "PyTorch's RReLU draws its slopes at every call in training; evaluate, or give "
            "jaxdl.nn.rrelu the slopes as noise"
        )
    return _function(partial(nn.rrelu, lower=module.lower, upper=module.upper))


def _plain(function: Callable[..., Any], **names: str) -> Carrier:
    """An activation; its arguments with the names of the module's attributes."""

    def carry(module: Module) -> Carried:
        options = {ours: getattr(module, theirs) for ours, theirs in names.items()}
        return _function(partial(function, **options))

    return carry


CARRIERS: dict[str, Carrier] = {
    "CELU": _plain(jax.nn.celu, alpha="alpha"),
    "ELU": _plain(jax.nn.elu, alpha="alpha"),
    "GELU": _plain(nn.gelu, approximate="approximate"),
    "GLU": _plain(jax.nn.glu, axis="dim"),
    "Hardshrink": _plain(nn.hardshrink, lambd="lambd"),
    "Hardsigmoid": _plain(jax.nn.hard_sigmoid),
    "Hardswish": _plain(jax.nn.hard_swish),
    "Hardtanh": _plain(nn.hardtanh, min_val="min_val", max_val="max_val"),
    "LeakyReLU": _plain(nn.leaky_relu, negative_slope="negative_slope"),
    "LogSigmoid": _plain(jax.nn.log_sigmoid),
    "LogSoftmax": partial(_along, jax.nn.log_softmax),
    "Mish": _plain(jax.nn.mish),
    "PReLU": _prelu,
    "RReLU": _rrelu,
    "ReLU": _plain(jax.nn.relu),
    "ReLU6": _plain(jax.nn.relu6),
    "SELU": _plain(jax.nn.selu),
    "SiLU": _plain(jax.nn.silu),
    "Sigmoid": _plain(jax.nn.sigmoid),
    "Softmax": partial(_along, jax.nn.softmax),
    "Softmax2d": lambda module: _function(jax.nn.softmax, 2),
    "Softmin": partial(_along, nn.softmin),
    "Softplus": _plain(nn.softplus, beta="beta", threshold="threshold"),
    "Softshrink": _plain(nn.softshrink, lambd="lambd"),
    "Softsign": _plain(jax.nn.soft_sign),
    "Tanh": _plain(jnp.tanh),
    "Tanhshrink": _plain(nn.tanhshrink),
    "Threshold": _plain(nn.threshold, threshold="threshold", value="value"),
}
for _rank in (1, 2, 3):
    for _name, _carry in {
        "AdaptiveAvgPool": _adaptive_avg_pool,
        "AdaptiveMaxPool": _adaptive_max_pool,
        "AvgPool": _avg_pool,
        "Conv": _conv,
        "ConvTranspose": _conv_transpose,
        "LPPool": _lp_pool,
        "MaxPool": _max_pool,
    }.items():
        CARRIERS[f"{_name}{_rank}d"] = partial(_carry, _rank)
    for _name, _mode in {
        "CircularPad": "circular",
        "ConstantPad": "constant",
        "ReflectionPad": "reflect",
        "ReplicationPad": "replicate",
        "ZeroPad": "constant",
    }.items():
        CARRIERS[f"{_name}{_rank}d"] = partial(_pad, _mode, _rank)
    if _rank > 1:
        CARRIERS[f"FractionalMaxPool{_rank}d"] = partial(_fractional_max_pool, _rank)
