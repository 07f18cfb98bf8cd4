"""Configurations of every loss: few rows in which any two values of two factors still meet.

`CASES[name]` has for each row the arrays by their keyword, float64 or int64, and the options.
Values are drawn "normal"; in "quarters", with which scores tie and differences hit every kink
exactly; "far" out, up to some thousands.
"""

import math
import zlib

import numpy as np

from tests.pairs import pairs

REDUCTION = ["mean", "sum", "none"]
VALUES = ["normal", "quarters", "far"]
SHAPE = [(), (5,), (2, 3, 4)]
CLASSES = [(5,), (6, 5), (2, 5, 3, 2)]  # the classes second or alone

# What PyTorch does not differentiate by.


def draw(rng, values, shape):
    if values == "quarters":
        return rng.integers(-8, 9, shape) / 4
    return rng.normal(size=shape) * (1e3 if values == "far" else 1)


def log_softmax(x, axis):
    x = x - x.max(axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis, keepdims=True))


def softmax(x, axis):
    return np.exp(log_softmax(x, axis))


def signs(rng, shape):
    return rng.choice([-1.0, 1.0], size=shape)


def difference(rng, values, shape, reduction, weight=False, **options):
    """Of l1_loss, mse_loss, huber_loss, smooth_l1_loss."""
    arrays = {"input": draw(rng, values, shape), "target": draw(rng, values, shape)}
    if weight:
        arrays["weight"] = rng.uniform(0.5, 2, shape)
    return arrays, options | {"reduction": reduction}


def poisson(rng, shape, reduction, log_input, full):
    input = rng.normal(size=shape) if log_input else rng.uniform(0, 3, shape)
    arrays = {"input": input, "target": rng.integers(1, 5, shape).astype(float)}
    return arrays, {"log_input": log_input, "full": full, "reduction": reduction}


def gaussian(rng, values, var, reduction, full, eps):
    shapes = {"whole": (4, 3), "short": (4,), "row": (1, 3), "column": (4, 1)}
    arrays = {name: draw(rng, values, (4, 3)) for name in ("input", "target")}
    options = {"full": full, "eps": eps, "reduction": reduction}
    if var == "number":
        return arrays, options | {"var": 0.75}
    return arrays | {"var": rng.choice([0.0, 0.25, 2.0], shapes[var])}, options


def divergence(rng, shape, reduction, log_target):
    axis = -1 if shape else ()
    input, target = (log_softmax(rng.normal(size=shape), axis) for _ in range(2))
    arrays = {"input": input, "target": target if log_target else np.exp(target)}
    return arrays, {"reduction": reduction, "log_target": log_target}


def bernoulli(rng, values, shape, target, weight, reduction):
    input = rng.choice([0.0, 1e-60, 1e-13, 0.5, 1.0], shape)
    if values == "inside":
        input = rng.uniform(size=shape)
    arrays = {"input": input, "target": truth(rng, target, shape)}
    return with_weight(rng, arrays, weight, shape), {"reduction": reduction}


def truth(rng, target, shape):
    return rng.integers(0, 2, shape).astype(float) if target == "hard" else rng.uniform(size=shape)


def with_weight(rng, arrays, weight, shape, name="weight"):
    if weight:
        arrays[name] = rng.uniform(0.5, 2, shape if weight == "each" else shape[-1:])
    return arrays


def logits(rng, values, shape, target, weight, pos_weight, reduction):
    arrays = {"input": draw(rng, values, shape), "target": truth(rng, target, shape)}
    arrays = with_weight(rng, arrays, weight, shape)
    return with_weight(rng, arrays, pos_weight, shape, "pos_weight"), {"reduction": reduction}


def soft_margin(rng, values, shape, reduction):
    arrays = {"input": draw(rng, values, shape), "target": signs(rng, shape)}
    return arrays, {"reduction": reduction}


def multilabel_soft_margin(rng, values, shape, target, weight, reduction):
    arrays = {"input": draw(rng, values, shape), "target": truth(rng, target, shape)}
    return with_weight(rng, arrays, weight, shape), {"reduction": reduction}


def one_class(rng, values, shape, weight, ignore, reduction, target="indices", smoothing=None):
    """Of cross_entropy and nll_loss, which has neither smoothing nor probabilities."""
    axis = min(1, len(shape) - 1)
    input, classes = draw(rng, values, shape), shape[axis]
    indices = rng.integers(0, classes, shape[:axis] + shape[axis + 1 :])
    options = {"reduction": reduction}
    if ignore == "some":
        options["ignore_index"] = 2
    if ignore == "some outside":
        options["ignore_index"] = -1
        indices = np.where(rng.uniform(size=indices.shape) < 0.4, -1, indices)
    if ignore == "all":
        options["ignore_index"] = 2
        indices = np.full_like(indices, 2)
    if smoothing is None:
        input = log_softmax(input, axis)
    else:
        options["label_smoothing"] = smoothing
    arrays = {"input": input, "target": indices}
    if target == "probabilities":
        arrays["target"] = softmax(rng.normal(size=shape), axis)
        options["ignore_index"] = -7
    if weight:
        arrays["weight"] = rng.uniform(0.5, 2, classes)
    return arrays, options


def linear(rng, shape, weight, bias, ignore, smoothing, target, reduction):
    batch, out = shape
    arrays, options = one_class(
        rng, "normal", (*batch, 5, *out), weight, ignore, reduction, target, smoothing
    )
    arrays["input"] = rng.normal(size=(*batch, 3))
    arrays["linear_weight"] = rng.normal(size=(5, *out, 3))
    if bias:
        arrays["linear_bias"] = rng.normal(size=(5, *out))
    if target == "probabilities":
        del options["ignore_index"]
    return arrays, options


def margin_ranking(rng, values, shape, margin, reduction):
    arrays = {name: draw(rng, values, shape) for name in ("input1", "input2")}
    return arrays | {"target": signs(rng, shape)}, {"margin": margin, "reduction": reduction}


def hinge_embedding(rng, values, shape, target, margin, reduction):
    truth = signs(rng, shape) * (1 if target == "signs" else rng.integers(0, 2, shape))
    arrays = {"input": draw(rng, values, shape), "target": np.asarray(truth)}
    return arrays, {"margin": margin, "reduction": reduction}


def multi_margin(rng, values, shape, p, margin, weight, reduction):
    arrays = {"input": draw(rng, values, shape), "target": rng.integers(0, 5, shape[:-1])}
    if weight:
        arrays["weight"] = rng.uniform(0.5, 2, 5)
    return arrays, {"p": p, "margin": margin, "reduction": reduction}


def multilabel_margin(rng, values, shape, target, reduction):
    low = {"few": -1, "all": 0, "none": -1}[target]
    targets = rng.integers(low, 1 if target == "none" else shape[-1], shape)
    if target == "none":
        targets[..., 0] = -1
    return {"input": draw(rng, values, shape), "target": targets}, {"reduction": reduction}


def cosine(rng, values, shape, margin, reduction):
    arrays = {name: draw(rng, values, shape) for name in ("input1", "input2")}
    if len(shape) > 1:
        arrays["input1"][0] = 0
        arrays["input1"][1], arrays["input2"][1] = np.eye(2, shape[-1])  # a right angle
    arrays["target"] = np.asarray(rng.choice([-1.0, 1.0, 0.0], size=shape[:-1]))
    return arrays, {"margin": margin, "reduction": reduction}


def triplet(rng, values, shape, margin, swap, reduction, **options):
    arrays = {name: draw(rng, values, shape) for name in ("anchor", "positive", "negative")}
    if len(shape) > 1:
        arrays["positive"][0] = arrays["anchor"][0]
    return arrays, {"margin": margin, "swap": swap, "reduction": reduction} | options


def ctc(rng, values, layout, lengths, blank, reduction, zero_infinity):
    steps, classes, size = 7, 4, 3
    inputs, sizes = {
        "full": ([7, 7, 7], [3, 3, 3]),
        "ragged": ([7, 5, 6], [3, 1, 2]),
        "too short": ([7, 2, 3], [2, 3, 3]),
        "nothing": ([7, 0, 0], [0, 0, 2]),
    }[lengths]
    log_probs = rng.normal(size=(steps, 3, classes)) * (100 if values == "far" else 1)
    if values != "unnormalised":
        log_probs = log_softmax(log_probs, -1)
    targets = rng.integers(0, classes - 1, (3, size))
    targets[0, :2] = targets[0, 0]  # twice the same: a blank must stand between
    targets = (targets + blank + 1) % classes
    if layout == "one":
        inputs, sizes = np.array(inputs[1]), np.array(sizes[1])
        log_probs, targets = log_probs[:, 1], targets[1, :sizes]
    elif layout == "packed":
        targets = np.concatenate([row[:n] for row, n in zip(targets, sizes, strict=True)])
    arrays = {
        "log_probs": log_probs,
        "targets": targets,
        "input_lengths": np.array(inputs),
        "target_lengths": np.array(sizes),
    }
    return arrays, {"blank": blank, "reduction": reduction, "zero_infinity": zero_infinity}


PLAIN = {"values": VALUES, "shape": SHAPE, "reduction": REDUCTION}
YES_NO = [False, True]
TARGET = ["hard", "soft"]
WEIGHT = [None, "each", "last axis"]
IGNORE = ["none", "some", "some outside", "all"]
TABLE = {
    "l1_loss": (difference, PLAIN | {"weight": YES_NO}),
    "mse_loss": (difference, PLAIN | {"weight": YES_NO}),
    "smooth_l1_loss": (difference, PLAIN | {"beta": [1.0, 0.5, 0.0]}),
    "huber_loss": (difference, PLAIN | {"weight": YES_NO, "delta": [1.0, 0.25]}),
    "poisson_nll_loss": (
        poisson,
        {"shape": SHAPE, "reduction": REDUCTION, "log_input": YES_NO, "full": YES_NO},
    ),
    "gaussian_nll_loss": (
        gaussian,
        {
            "values": VALUES,
            "var": ["whole", "short", "row", "column", "number"],
            "reduction": REDUCTION,
            "full": YES_NO,
            "eps": [1e-6, 0.5],
        },
    ),
    "kl_div": (
        divergence,
        {"shape": SHAPE, "reduction": [*REDUCTION, "batchmean"], "log_target": YES_NO},
    ),
    "binary_cross_entropy": (
        bernoulli,
        {
            "values": ["inside", "corners"],
            "shape": SHAPE,
            "target": TARGET,
            "weight": WEIGHT,
            "reduction": REDUCTION,
        },
    ),
    "binary_cross_entropy_with_logits": (
        logits,
        PLAIN | {"target": TARGET, "weight": WEIGHT, "pos_weight": WEIGHT},
    ),
    "soft_margin_loss": (soft_margin, PLAIN),
    "multilabel_soft_margin_loss": (
        multilabel_soft_margin,
        PLAIN | {"shape": SHAPE[1:], "target": TARGET, "weight": WEIGHT},
    ),
    "nll_loss": (
        one_class,
        PLAIN | {"shape": CLASSES, "weight": YES_NO, "ignore": IGNORE},
    ),
    "cross_entropy": (
        one_class,
        PLAIN
        | {
            "shape": CLASSES,
            "weight": YES_NO,
            "ignore": IGNORE,
            "target": ["indices", "probabilities"],
            "smoothing": [0.0, 0.1, 1.0],
        },
    ),
    "linear_cross_entropy": (
        linear,
        {
            "shape": [((), ()), ((4,), ()), ((4,), (2, 3))],
            "weight": YES_NO,
            "bias": YES_NO,
            "ignore": IGNORE,
            "smoothing": [0.0, 0.1],
            "target": ["indices", "probabilities"],
            "reduction": REDUCTION,
        },
    ),
    "margin_ranking_loss": (margin_ranking, PLAIN | {"margin": [0.0, 0.5]}),
    "hinge_embedding_loss": (
        hinge_embedding,
        PLAIN | {"target": ["signs", "zeros, too"], "margin": [1.0, 0.5]},
    ),
    "multi_margin_loss": (
        multi_margin,
        PLAIN | {"shape": [(5,), (6, 5)], "p": [1, 2], "margin": [1.0, 0.5], "weight": YES_NO},
    ),
    "multilabel_margin_loss": (
        multilabel_margin,
        PLAIN | {"shape": [(5,), (6, 5)], "target": ["few", "all", "none"]},
    ),
    "cosine_embedding_loss": (cosine, PLAIN | {"shape": [(5,), (6, 5)], "margin": [0.0, 0.5]}),
    "triplet_margin_loss": (
        triplet,
        PLAIN
        | {
            "values": ["normal", "quarters"],
            "shape": [(5,), (6, 5)],
            "margin": [1.0, 0.5],
            "swap": YES_NO,
            "p": [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, math.inf],
            "eps": [1e-6, 0.0],
        },
    ),
    "triplet_margin_with_distance_loss": (
        triplet,
        PLAIN | {"shape": [(5,), (6, 5)], "margin": [1.0, 0.5], "swap": YES_NO},
    ),
    "ctc_loss": (
        ctc,
        {
            "values": ["far", "unnormalised"],
            "layout": ["padded", "packed", "one"],
            "lengths": ["full", "ragged", "too short", "nothing"],
            "blank": [0, 3],
            "reduction": REDUCTION,
            "zero_infinity": YES_NO,
        },
    ),
}


def rows(name):
    make, factors = TABLE[name]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return [make(rng, **dict(zip(factors, row, strict=True))) for row in pairs(*factors.values())]


CASES = {name: rows(name) for name in TABLE}
