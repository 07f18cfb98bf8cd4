"""Convolution and pooling against `jax.lax` and Flax, whose numbers they have up to rounding."""

import importlib
from contextlib import nullcontext
from functools import partial
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxdl import nn, ops
from jaxdl.ops.conv import _Convolution
from tests.pairs import missing, pairs
from tests.soak import whole_or

IMAGES = ("NHWC", "HWIO", "NHWC")
# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}
PADDINGS = ["VALID", "SAME", ((1, 2), (0, 3))]


def random(*shape, dtype="float64", seed=0):
    return jnp.asarray(np.random.default_rng([seed, *shape]).normal(size=shape), dtype)


def close(a, b, tolerance):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    assert a.shape == b.shape
    np.testing.assert_allclose(
        a, b, 0, tolerance * np.max(np.abs(b), where=np.isfinite(b), initial=0)
    )


def lax_conv(x, kernel, strides, padding):
    return jax.lax.conv_general_dilated(x, kernel, strides, padding, dimension_numbers=IMAGES)


def value_and_gradients(*functions):
    """Of each function, all in one program; of a sum that weighs every number differently."""

    def of(function):
        def weighed(*arguments):
            y = function(*arguments)
            weights = np.cos(np.arange(y.size)).reshape(y.shape)
            return jnp.sum(jnp.where(jnp.isfinite(y), y, 0) * jnp.asarray(weights, y.dtype)), y

        return lambda *arguments: jax.grad(weighed, tuple(range(len(arguments))), has_aux=True)(
            *arguments
        )

    run = lambda *arguments: [jax.tree.leaves(of(function)(*arguments)) for function in functions]  # noqa: E731
    return jax.jit(run, compiler_options=QUICK)


# kernel, channels, kernels, height, width: all algorithms, one pixel, as large as the image, and
# larger in one direction than the other.
SHAPES = [
    ((5, 5), 1, 10, 12, 12),
    ((3, 3), 16, 4, 9, 8),
    ((5, 5), 16, 3, 9, 6),
    ((3, 3), 2, 3, 7, 6),
    ((1, 1), 5, 3, 4, 4),
    ((2, 3), 20, 2, 9, 7),
    ((4, 4), 3, 2, 4, 4),
    ((1, 4), 2, 2, 3, 6),
]


CONVOLUTIONS = SHAPES, [(1, 1), (2, 2), (2, 1)], PADDINGS
WINDOWS = [((2, 2), (2, 2)), ((3, 3), (1, 1)), ((3, 2), (2, 1)), ((3, 3), (3, 3)), ((2, 2), None)]
POOLINGS = WINDOWS, PADDINGS, [False, True]


def cases(*factors):
    return whole_or(pairs(*factors), list(product(*factors)))


@pytest.mark.parametrize("factors", [CONVOLUTIONS, POOLINGS], ids=["convolutions", "poolings"])
def test_any_two_values_meet(factors):
    assert missing(cases(*factors), *factors) == []


@pytest.mark.parametrize(("shape", "strides", "padding"), cases(*CONVOLUTIONS))
def test_conv_and_its_gradients_are_those_of_lax(shape, strides, padding):
    window, channels, kernels, h, w = shape
    with jax.enable_x64(True):
        x, kernel = random(2, h, w, channels), random(*window, channels, kernels)
        both = value_and_gradients(
            lambda x, k: ops.conv(x, k, None, strides, padding),
            lambda x, k: lax_conv(x, k, strides, padding),
        )
        found, wanted = both(x, kernel)
    for a, b in zip(found, wanted, strict=True):
        close(a, b, 1e-13)


@pytest.mark.parametrize("shape", SHAPES[:3])  # each algorithm
def test_a_large_batch_goes_through_in_pieces(monkeypatch, shape):
    window, channels, kernels, h, w = shape
    module, seen = importlib.import_module("jaxdl.ops.conv"), []
    monkeypatch.setattr(module, "LARGE", 1000)
    whole = _Convolution._forward
    monkeypatch.setattr(
        _Convolution, "_forward", lambda self, x, k: seen.append(x.shape[-1]) or whole(self, x, k)
    )
    with jax.enable_x64(True):
        x, kernel = random(51, h, w, channels), random(*window, channels, kernels)
        found, wanted = value_and_gradients(
            lambda x, k: ops.conv(x, k), lambda x, k: lax_conv(x, k, (1, 1), "VALID")
        )(x, kernel)
    assert set(seen) == {17}
    for a, b in zip(found, wanted, strict=True):
        close(a, b, 1e-13)


def test_what_stays_whole_however_large():
    algorithm = _Convolution((1, 1), ((0, 0), (0, 0)), None)
    image = partial(jax.ShapeDtypeStruct, dtype=jnp.float32)
    assert algorithm._piece(image((64, 32, 32, 512)), image((1, 1, 64, 8))) == 0  # no columns
    assert algorithm._piece(image((64, 32, 32, 509)), image((3, 3, 64, 8))) == 0  # a prime
    assert algorithm._piece(image((64, 32, 32, 512)), image((3, 3, 64, 8))) == 16


def test_all_algorithms_are_among_these():
    algorithm, found = _Convolution((1, 1), ((1, 1), (1, 1)), None), set()
    for window, channels, kernels, h, w in SHAPES:
        x, kernel = jnp.zeros((channels, h, w, 2)), jnp.zeros((*window, channels, kernels))
        found.add((algorithm._by_winograd(x, kernel), algorithm._by_rows(x, kernel)))
    assert found == {(False, True), (False, False), (True, True)}


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("bfloat16", 5e-2)])
@pytest.mark.parametrize("shape", SHAPES[:3])
def test_conv_keeps_the_dtype(dtype, tolerance, shape):
    window, channels, kernels, h, w = shape
    x, kernel = (
        random(2, h, w, channels, dtype=dtype),
        random(*window, channels, kernels, dtype=dtype),
    )
    bias = random(kernels, dtype=dtype)
    (found,) = value_and_gradients(ops.conv)(x, kernel, bias)
    assert {str(array.dtype) for array in found} == {dtype}
    wide = (np.asarray(array, "float32") for array in (x, kernel, bias))
    plain = lambda x, k, b: lax_conv(x, k, (1, 1), "VALID") + b.reshape(1, 1, 1, -1)  # noqa: E731
    for a, b in zip(found, *value_and_gradients(plain)(*wide), strict=True):
        close(a, b, tolerance)


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_conv_in_every_transformation(shape):
    window, channels, kernels, h, w = shape
    with jax.enable_x64(True):
        xs, kernel = random(3, 2, h, w, channels), random(*window, channels, kernels)

        def energy(conv, x, kernel):
            return jnp.sum(jnp.sin(conv(x, kernel)))

        def ours(x, kernel):
            return energy(lambda x, k: ops.conv(x, k, None, (1, 1), "SAME"), x, kernel)

        def theirs(x, kernel):
            return energy(lambda x, k: lax_conv(x, k, (1, 1), "SAME"), x, kernel)

        def slope_of_slope(f):  # reverse over reverse
            return lambda x: jax.grad(lambda k: jnp.sum(jax.grad(f)(x, k) ** 2))(kernel)

        def forward(f):
            return lambda x: jax.jvp(f, (x, kernel), (jnp.cos(x), jnp.sin(kernel)))[1]

        changes = (slope_of_slope, forward, lambda f: lambda x: jax.grad(f, 1)(x, kernel))

        @partial(jax.jit, compiler_options=QUICK)
        def both(xs):
            return [[jax.vmap(change(f))(xs) for f in (ours, theirs)] for change in changes]

        for found, wanted in both(xs):
            close(found, wanted, 1e-12)


def test_what_flax_is_given_is_what_flax_has():
    x = random(2, 8, 8, 4, dtype="float32")
    draw = lambda _, shape, dtype: random(*shape, dtype=dtype)  # noqa: E731
    drawn = {"kernel_init": draw, "bias_init": draw}
    for options in (
        {},
        {"padding": 1},
        {"strides": 2},
        {"feature_group_count": 2},
        {"kernel_dilation": 2},
        {"padding": "CIRCULAR"},
        {"use_bias": False},
    ):
        layers = (
            (nnx.Conv, {}),
            (nn.Conv, {}),
            (nnx.Conv, {"conv_general_dilated": ops.conv_general_dilated}),
        )

        @partial(jax.jit, compiler_options=QUICK)
        def outputs(x, layers=layers, options=options):
            return [
                layer(4, 6, (3, 3), rngs=nnx.Rngs(0), **(drawn | options | more))(x)
                for layer, more in layers
            ]

        expected, *found = outputs(x)
        for output in found:
            close(output, expected, 1e-5)
    for size, batch in (((3,), x), (3, x[0]), ((3, 3, 3), x)):  # lines, single ones, too; volumes
        layers = [kind(4, 6, size, rngs=nnx.Rngs(0), **drawn) for kind in (nn.Conv, nnx.Conv)]
        close(layers[0](batch), layers[1](batch), 1e-5)


def mean(x, window, strides, padding):
    """`nnx.avg_pool` divides by an integer array, which strict promotion forbids."""
    total = nnx.pool(x, 0.0, jax.lax.add, window, strides, padding)
    return total / (window[0] * window[1])


@pytest.mark.parametrize(("window", "padding", "ties"), cases(*POOLINGS))
def test_pooling_is_flaxs(window, padding, ties):
    size, strides = window
    with jax.enable_x64(True):
        x = random(2, 9, 8, 3)
        x = np.round(x) if ties else x
        run = value_and_gradients(
            *(
                lambda x, pool=pool: pool(x, size, strides, padding)
                for pool in (ops.max_pool, nnx.max_pool, ops.avg_pool, mean)
            )
        )
        most, most_of_flax, average, average_of_flax = run(x)
        for found, wanted in ((most, most_of_flax), (average, average_of_flax)):
            for a, b in zip(found, wanted, strict=True):
                close(a, b, 1e-13)


def test_pooling_in_every_transformation():
    with jax.enable_x64(True):
        xs = random(3, 2, 6, 6, 2)

        def curved(pool):
            def energy(x):
                return jnp.sum(jnp.sin(pool(x, (2, 2), (2, 2))))

            return jax.vmap(lambda x: jax.jvp(jax.grad(energy), (x,), (jnp.cos(x),))[1])

        both = jax.jit(
            lambda xs: (curved(ops.max_pool)(xs), curved(nnx.max_pool)(xs)), compiler_options=QUICK
        )
        close(*both(xs), 1e-12)


def test_plain_is_xlas_own_and_compiled_anew():
    x, kernel = random(2, 6, 6, 1, dtype="float32"), random(3, 3, 1, 2, dtype="float32")
    conv = jax.jit(ops.conv)
    assert "convolution" not in conv.lower(x, kernel).as_text()
    with ops.xla():
        assert "convolution" in conv.lower(x, kernel).as_text()
        expected = conv(x, kernel)
    close(conv(x, kernel), expected, 1e-6)


X, KERNEL = random(2, 6, 6, 3, dtype="float32"), random(3, 3, 3, 4, dtype="float32")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((jnp.ones(3),), r"the bias has shape \(3,\), expected \(4,\)"),
        ((jnp.ones(1),), r"the bias has shape \(1,\), expected \(4,\)"),
        ((jnp.ones((1, 4)),), r"the bias has shape \(1, 4\)"),
        *(
            ((None, strides), "strides must be two numbers from 1 on")
            for strides in (2, (1,), (1, 1, 1), (0, 1), (-1, 1), (1.5, 1), None)
        ),
        *(
            ((None, (1, 1), padding), "padding must be VALID or SAME or SAME_LOWER or two pairs")
            for padding in ("FULL", ((1, 1),), ((1.5, 0), (0, 0)), ((1, 1), (0,)), 1, None)
        ),
    ],
)
def test_conv_refuses_what_does_not_fit(arguments, message):
    for way in (nullcontext, ops.xla):
        with way(), pytest.raises(ValueError, match=message):
            ops.conv(X, KERNEL, *arguments)


def test_conv_refuses_two_dtypes():
    with pytest.raises(ValueError, match="images of float32 and a kernel of bfloat16"):
        ops.conv(X, KERNEL.astype("bfloat16"))


LAX = {
    "low": {"padding": "SAME_LOWER", "window_strides": (2, 2)},
    "small letters": {"padding": "same"},
    "cut off": {"padding": ((-1, 2), (0, -2))},
    "arrays": {"window_strides": np.array([2, 1]), "padding": np.array([(1, 1), (0, 2)])},
    "dilations of 1": {"lhs_dilation": [1, 1], "rhs_dilation": (1, 1)},
    "dilated": {"rhs_dilation": (2, 2)},
    "larger kernel": {"rhs": random(7, 7, 3, 4, dtype="float32")},
    "no images": {"lhs": X[:0]},
    "no kernels": {"rhs": KERNEL[..., :0]},
    "no channels": {"lhs": X[..., :0], "rhs": KERNEL[:, :, :0]},
    "groups": {"rhs": KERNEL[:, :, :1, :3], "feature_group_count": 3},
    "another result": {"preferred_element_type": jnp.float32},
    "one stride": {"window_strides": (1,)},
    "three strides": {"window_strides": (1, 1, 1)},
    "three dilations": {"lhs_dilation": (1, 1, 1)},
    "one padding": {"padding": ((1, 1),)},
    "word": {"padding": "FULL"},
    "channels": {"rhs": KERNEL[:, :, :2]},
    "axes": {"lhs": X[0]},
    "dtypes": {"rhs": KERNEL.astype("bfloat16")},
}


def outcome(function, arguments):
    """What it gives, or how it refuses."""
    try:
        return function(**arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}".partition("at loc(")[0]  # of the source line


@pytest.mark.parametrize("case", LAX)
def test_what_lax_takes_is_taken_and_what_it_refuses_refused(case):
    arguments = {"lhs": X, "rhs": KERNEL, "window_strides": (1, 1), "padding": "VALID"}
    arguments |= {"dimension_numbers": IMAGES} | LAX[case]
    found, wanted = (
        outcome(conv, arguments)
        for conv in (ops.conv_general_dilated, jax.lax.conv_general_dilated)
    )
    if isinstance(wanted, str):
        assert found == wanted
    else:
        close(found, wanted, 1e-5)


POOLED = {
    "a line": (X[0], (2,), (2,), "VALID"),
    "lines": (X, (3,), None, "SAME"),
    "one image": (X[0], (2, 2), (2, 2), "VALID"),
    "one volume": (random(4, 4, 4, 3, dtype="float32"), (2, 2, 2), (2, 2, 2), "VALID"),
    "volumes": (random(2, 4, 4, 4, 3, dtype="float32"), (2, 2, 2), None, "SAME_LOWER"),
    "more axes": (X[None], (2, 2), (1, 2), "SAME"),
    "uneven": (X[0], (2, 2), (1, 2), ((0, 1), (1, 0))),
    "a larger window": (X, (7, 2), None, "VALID"),
    "cut off": (X, (2, 2), (2, 2), ((-1, 0), (0, -1))),
    "no images": (X[:0], (2, 2), (2, 2), "VALID"),
    "integers": (jnp.arange(72).reshape(1, 6, 6, 2), (2, 2), (2, 2), "VALID"),
}


@pytest.mark.parametrize("case", POOLED)
def test_pooling_goes_flaxs_way_where_it_has_none_of_its_own(case):
    x, window, strides, padding = POOLED[case]
    for ours, theirs in ((ops.max_pool, nnx.max_pool), (ops.avg_pool, nnx.avg_pool)):
        with jax.numpy_dtype_promotion("standard"):
            wanted = theirs(x, window, strides, padding)
        found = ours(x, window, strides, padding)
        assert found.dtype == wanted.dtype
        close(found, wanted, 1e-6)
        lists = ours(x, list(window), strides and list(strides), padding)
        np.testing.assert_array_equal(found, lists)


@pytest.mark.parametrize("pool", [ops.max_pool, ops.avg_pool])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((2, 2), (2,)), "window and strides"),
        (((2, 2), (0, 1)), "window and strides"),
        (((0, 2),), "window and strides"),
        (((2.5, 2),), "window and strides"),
        (((),), "window and strides"),
        (((2, 2), None, "FULL"), "padding"),
        (((2, 2), None, ((1, 1),)), "padding"),
        (((2, 2, 2, 2),), "has no place in inputs of shape"),
    ],
)
def test_pooling_refuses_what_does_not_fit(pool, arguments, message):
    with pytest.raises(ValueError, match=message):
        pool(X, *arguments)
