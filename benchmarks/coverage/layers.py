"""Carriers of PyTorch's normalisations, attention, recurrences, embeddings and linear layers.

Inputs are taken as PyTorch's modules take them: features on the second axis where PyTorch has them
there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp

from benchmarks.coverage import attention
from benchmarks.coverage.carried import Carried
from benchmarks.coverage.of_nnx import carried, options, scale_and_bias
from jaxdl import nn
from jaxdl.parity import ParameterMap, rules

if TYPE_CHECKING:
    import torch


def features_last(net: Any, input: Any) -> Any:
    """(batch, features, ...) in, and the same out."""
    return jnp.moveaxis(net(jnp.moveaxis(input, 1, -1)), -1, 1)


def batch_norm(module: Any) -> Carried:
    """`nn.BatchNorm1d` and the others."""
    ours = nn.BatchNorm(
        module.num_features,
        momentum=None if module.momentum is None else 1 - module.momentum,
        epsilon=module.eps,
        track_running_stats=module.track_running_stats,
        use_running_average=not module.training,
        **options(module, **scale_and_bias(module)),
    )
    counted = module.momentum is None and module.track_running_stats
    rule = rules.BATCH_NORM_COUNTED if counted else rules.BATCH_NORM
    return carried(ours, rule, features_last)


def instance_norm(dimensions: int) -> Callable[[torch.nn.Module], Carried]:
    """`nn.InstanceNorm1d` and the others, whose inputs may lack the batch."""

    def of(module: Any) -> Carried:
        ours = nn.InstanceNorm(
            module.num_features,
            momentum=None if module.momentum is None else 1 - module.momentum,
            epsilon=module.eps,
            track_running_stats=module.track_running_stats,
            use_running_average=not module.training,
            **options(module, **scale_and_bias(module)),
        )

        def apply(net: Any, input: Any) -> Any:
            if input.ndim == dimensions + 2:
                return features_last(net, input)
            return features_last(net, input[None])[0]  # without a batch

        return carried(ours, rules.INSTANCE_NORM, apply)

    return of


def group_norm(module: Any) -> Carried:
    """`nn.GroupNorm`."""
    given = options(module, **scale_and_bias(module))
    ours = nn.GroupNorm(module.num_channels, module.num_groups, epsilon=module.eps, **given)
    return carried(ours, rules.GROUP_NORM, features_last)


def layer_norm(module: Any) -> Carried:
    """`nn.LayerNorm`."""
    given = options(module, **scale_and_bias(module))
    ours = nn.LayerNorm(module.normalized_shape, epsilon=module.eps, **given)
    return carried(ours, rules.LAYER_NORM, lambda net, input: net(input))


def rms_norm(module: Any) -> Carried:
    """`nn.RMSNorm`."""
    given = options(module, use_scale=module.weight is not None)
    ours = nn.RMSNorm(module.normalized_shape, epsilon=module.eps, **given)
    return carried(ours, rules.RMS_NORM, lambda net, input: net(input))


def local_response_norm(module: Any) -> Carried:
    """`nn.LocalResponseNorm`."""
    ours = nn.LocalResponseNorm(module.size, module.alpha, module.beta, module.k)
    return Carried(lambda _, input: features_last(ours, input), {}, ParameterMap(()))


def linear(module: Any) -> Carried:
    """`nn.Linear`."""
    given = options(module, use_bias=module.bias is not None)
    ours = nn.Linear(module.in_features, module.out_features, **given)
    return carried(ours, rules.LINEAR, lambda net, input: net(input))


def bilinear(module: Any) -> Carried:
    """`nn.Bilinear`."""
    sizes = (module.in1_features, module.in2_features, module.out_features)
    ours = nn.Bilinear(*sizes, **options(module, use_bias=module.bias is not None))
    return carried(ours, rules.BILINEAR, lambda net, input1, input2: net(input1, input2))


def _table(module: Any, *more: str) -> dict[str, Any]:
    names = ("padding_idx", "max_norm", "norm_type", *more)
    return options(module, **{name: getattr(module, name) for name in names})


def embedding(module: Any) -> Carried:
    """`nn.Embedding`."""
    ours = nn.Embedding(
        module.num_embeddings, module.embedding_dim, **_table(module, "scale_grad_by_freq")
    )
    return carried(ours, rules.EMBEDDING, lambda net, input: net(input))


def embedding_bag(module: Any) -> Carried:
    """`nn.EmbeddingBag`; ValueError with scale_grad_by_freq, which PyTorch's gradient belies."""
    if module.scale_grad_by_freq:
        raise ValueError("EmbeddingBag: PyTorch scales a row's gradient by another row's count")
    given = {"mode": module.mode, "include_last_offset": module.include_last_offset}
    ours = nn.EmbeddingBag(module.num_embeddings, module.embedding_dim, **given, **_table(module))

    def apply(net: Any, input: Any, offsets: Any = None, per_sample_weights: Any = None) -> Any:
        return net(input, offsets, per_sample_weights)

    return carried(ours, rules.EMBEDDING_BAG, apply)


def cell(name: str) -> Callable[[torch.nn.Module], Carried]:
    """`nn.RNNCell` and the others, by the first part of the name."""

    def of(module: Any) -> Carried:
        more = {"nonlinearity": module.nonlinearity} if name == "RNN" else {}
        given = options(module, use_bias=module.bias, **more)
        ours = getattr(nn, f"{name}Cell")(module.input_size, module.hidden_size, **given)
        return carried(
            ours, getattr(rules, f"{name}_CELL"), lambda net, input, hx=None: net(input, _state(hx))
        )

    return of


def recurrence(name: str) -> Callable[[torch.nn.Module], Carried]:
    """`nn.RNN`, `nn.GRU` or `nn.LSTM`, by name."""

    def of(module: Any) -> Carried:
        more: dict[str, Any] = {"nonlinearity": module.nonlinearity} if name == "RNN" else {}
        projected = {}
        if getattr(module, "proj_size", 0):
            more["proj_features"], projected = module.proj_size, {"projected": True}
        given = options(module, use_bias=module.bias, batch_first=module.batch_first, **more)
        sizes = (module.input_size, module.hidden_size, module.num_layers)
        ours = getattr(nn, name)(*sizes, bidirectional=module.bidirectional, **given)
        rule = getattr(rules, name.lower())(module.num_layers, module.bidirectional, **projected)
        return carried(ours, rule, lambda net, input, hx=None: net(input, _state(hx)))

    return of


def _state(hx: Any) -> Any:
    return tuple(hx) if isinstance(hx, list) else hx


CARRIERS: dict[str, Callable[[torch.nn.Module], Carried]] = {
    **{f"BatchNorm{n}d": batch_norm for n in (1, 2, 3)},
    **{f"InstanceNorm{n}d": instance_norm(n) for n in (1, 2, 3)},
    "GroupNorm": group_norm,
    "LayerNorm": layer_norm,
    "RMSNorm": rms_norm,
    "LocalResponseNorm": local_response_norm,
    "Linear": linear,
    "Bilinear": bilinear,
    "Embedding": embedding,
    "EmbeddingBag": embedding_bag,
    **{f"{name}Cell": cell(name) for name in ("RNN", "GRU", "LSTM")},
    **{f"{name}": recurrence(name) for name in ("RNN", "GRU", "LSTM")},
    **attention.CARRIERS,
}
