"""Which configurations of PyTorch's own database of modules are carried, and how well.

Of each configuration outputs and the gradients by every input and every parameter are compared, in
training and in evaluation.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from benchmarks.coverage import conv, layers, losses
from benchmarks.coverage.agreement import differences
from benchmarks.coverage.database import configurations, errors
from benchmarks.coverage.internal import internal
from benchmarks.coverage.row import Row, judged
from jaxdl.parity import relative_error

# Modules that the database lacks: what this library has for them, by tests of their own.
BESIDE = {
    "AdaptiveLogSoftmaxWithLoss": "jaxdl.losses.adaptive_log_softmax_with_loss",
    "AlphaDropout": "jaxdl.nn.alpha_dropout",
    "ChannelShuffle": "jaxdl.nn.channel_shuffle",
    "CosineSimilarity": "jaxdl.nn.cosine_similarity",
    "Dropout": "jaxdl.nn.Dropout",
    "Dropout1d": "jaxdl.nn.Dropout(broadcast_dims=…)",
    "Dropout2d": "jaxdl.nn.Dropout(broadcast_dims=…)",
    "Dropout3d": "jaxdl.nn.Dropout(broadcast_dims=…)",
    "EmbeddingBag": "jaxdl.nn.EmbeddingBag",
    "FeatureAlphaDropout": "jaxdl.nn.alpha_dropout",
    "Flatten": "jaxdl.nn.flatten_channels_first",
    "Fold": "jaxdl.nn.fold",
    "Hardsigmoid": "jax.nn.hard_sigmoid",
    "Identity": "the input itself",
    "MaxUnpool1d": "jaxdl.nn.max_unpool",
    "MaxUnpool2d": "jaxdl.nn.max_unpool",
    "MaxUnpool3d": "jaxdl.nn.max_unpool",
    "NLLLoss2d": "jaxdl.losses.nll_loss",
    "PairwiseDistance": "jaxdl.nn.pairwise_distance",
    "PixelShuffle": "jaxdl.nn.pixel_shuffle",
    "PixelUnshuffle": "jaxdl.nn.pixel_unshuffle",
    "RReLU": "jaxdl.nn.rrelu",
    "TransformerDecoder": "jaxdl.nn.TransformerDecoder",
    "TripletMarginLoss": "jaxdl.losses.triplet_margin_loss",
    "TripletMarginWithDistanceLoss": "jaxdl.losses.triplet_margin_with_distance_loss",
    "Unflatten": "jaxdl.nn.unflatten_channels_first",
    "Unfold": "jaxdl.nn.unfold",
    "Upsample": "jaxdl.nn.upsample",
    "UpsamplingBilinear2d": "jaxdl.nn.upsample",
    "UpsamplingNearest2d": "jaxdl.nn.upsample",
}
# What computes nothing of its own, or what nothing here stands for.
WITHOUT = {
    "Container": "holds modules",
    "Module": "holds modules",
    "ModuleDict": "holds modules",
    "ModuleList": "holds modules",
    "ParameterDict": "holds parameters",
    "ParameterList": "holds parameters",
    "Sequential": "holds modules",
    "RNNBase": "is the base of others",
    "RNNCellBase": "is the base of others",
    "CrossMapLRN2d": "LocalResponseNorm is the same function",
    "DataParallel": "is a way to run: jax.sharding",
    "SyncBatchNorm": "is BatchNorm over several devices: one program sees the whole batch",
}


def rows(every: int = 1) -> Iterator[Row]:
    """The configurations of the database, or every so-manieth of each module, measured."""
    for info in internal("common_modules").module_db:
        name = info.name.removeprefix("nn.")
        plain = name.removeprefix("Lazy")
        if plain in conv.CARRIERS:
            yield from _images(name, every)
        elif plain in layers.CARRIERS:
            yield from _layers(name, info, every)
        elif not name.endswith("Loss"):
            yield Row("module", name, "", None, "nothing here stands for it")
    yield from _losses(every)


def _images(name: str, every: int) -> Iterator[Row]:
    found = [item for item in configurations({name.removeprefix("Lazy")}) if item.name == name]
    found = found[::every]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        measured = errors(conv.CARRIERS, found)
    for item, error in zip(found, measured, strict=True):
        yield judged("module", name, f"{item.module} {item.description}".strip(), error)


def _layers(name: str, info: Any, every: int) -> Iterator[Row]:
    torch.manual_seed(0)
    options: dict[str, Any] = {"device": "cpu", "dtype": torch.float64, "requires_grad": True}
    both = [
        (training, given)
        for training in (False, True)
        for given in info.module_inputs_func(info, training=training, **options)
    ]
    for training, given in both[::every]:
        built, call = given.constructor_input, given.forward_input
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = info.module_cls(*built.args, **built.kwargs).double().train(training)
            inputs = [tuple(x) if isinstance(x, list) else x for x in call.args]
            masks = {key: value for key, value in call.kwargs.items() if value is not None}
            found = differences(module, *inputs, **masks)
        mode = "training" if training else "evaluation"
        told = f"{built.args} {built.kwargs} {given.desc} {mode}"
        yield judged("module", name, told, max(found.values(), default=0.0))


def _losses(every: int) -> Iterator[Row]:
    cases = [item for item in losses.modules() if item[0]]
    by_name: dict[str, list[losses.Case]] = {}
    for name, case in cases:
        by_name.setdefault(name, []).append(case)
    for name, found in by_name.items():
        part = sorted(found[::every], key=lambda case: case.kind)
        wanted = [losses.theirs(case) for case in part]
        ours = losses.ours(part, [cotangent for _, cotangent, _ in wanted])
        for case, (value, slopes), (expected, _, expected_slopes) in zip(
            part, ours, wanted, strict=True
        ):
            pairs = [(value, expected)]
            # PyTorch's gradient by a complex number is the conjugate of JAX's.
            pairs += [(np.conj(slopes[key]), expected_slopes[key]) for key in case.by]
            error = max(_error(a, b) for a, b in pairs)
            yield judged("module", name, str(case.options), error)


def _error(a: Any, b: Any) -> float:
    """Where both are infinite, or no number, they agree; a part of 1e-6 at least."""
    a, b = np.asarray(a), np.asarray(b)
    odd = (~np.isfinite(b)) & ((a == b) | (np.isnan(a) & np.isnan(b)))
    return relative_error(np.where(odd, 0, a), np.where(odd, 0, b), 1e-6)
