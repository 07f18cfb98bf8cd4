"""Lesson 10: convolution and pooling are what the chapter says, and the nets have their shapes."""

from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxdl import nn
from jaxdl.course import find
from jaxdl.parity import linear_after_flatten
from lessons.l10_basic_cnn import MODELS, Config, functional

MAPS = {  # after each convolution and its pooling
    "lecture": {"conv1": (12, 12, 10), "conv2": (4, 4, 20)},
    "deeper": {"conv1": (14, 14, 16), "conv2": (7, 7, 32), "conv3": (3, 3, 32)},
}
LINEAR = {"lecture": {"fc": 10}, "deeper": {"fc1": 128, "fc2": 64, "fc3": 10}}


def convolve(x, kernel, bias, stride, padding):
    """The definition: (n, h, w, c), (k, k, c, m), (m,) -> (n, h', w', m), in float64."""
    x = np.pad(np.float64(x), ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    k = kernel.shape[0]
    rows, columns = ((side - k) // stride + 1 for side in x.shape[1:3])
    out = np.zeros((len(x), rows, columns, kernel.shape[3]))
    for i, j in product(range(rows), range(columns)):
        window = x[:, i * stride : i * stride + k, j * stride : j * stride + k]
        out[:, i, j] = np.einsum("nabc,abcm->nm", window, np.float64(kernel)) + bias
    return out


@pytest.mark.parametrize(("channels", "size", "padding"), [(1, 5, 0), (3, 3, 1), (3, 5, 2)])
def test_conv_is_the_definition(channels, size, padding):
    layer = nn.Conv(channels, 4, (size, size), padding=padding, rngs=nnx.Rngs(0))
    kernel, bias = np.array(layer.kernel[...]), np.array(layer.bias[...])
    assert kernel.shape == (size, size, channels, 4)
    x = np.random.default_rng(0).normal(size=(2, 8, 9, channels)).astype("float32")
    np.testing.assert_allclose(layer(x), convolve(x, kernel, bias, 1, padding), atol=1e-5)
    assert np.abs(kernel).max() <= (channels * size * size) ** -0.5  # PyTorch's rule
    assert np.abs(kernel).max() > 0.8 * (channels * size * size) ** -0.5
    kernel[..., 2] += 1  # one kernel, one channel
    changed = convolve(x, kernel, bias, 1, padding) - np.array(layer(x))
    assert np.flatnonzero(np.abs(changed).max((0, 1, 2)) > 1e-4).tolist() == [2]


@pytest.mark.parametrize("n", [5, 6, 8])
def test_size_and_values_over_a_grid(n):
    random = np.random.default_rng(n)
    for k, stride, padding in product((1, 2, 3), (1, 2, 3), (0, 1)):
        x = random.normal(size=(1, n, n, 2)).astype("float32")
        kernel = random.normal(size=(k, k, 2, 1)).astype("float32")
        found = jax.lax.conv_general_dilated(
            x,
            kernel,
            (stride, stride),
            [(padding, padding)] * 2,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )
        side = (n + 2 * padding - k) // stride + 1
        assert found.shape == (1, side, side, 1)
        expected = convolve(x, kernel, 0, stride, padding)
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_same_is_not_half_the_kernel_on_both_sides():
    """Trap 4: stride 2 on an even number of pixels, and the odd zero goes to the end."""
    layout, row = ("NWC", "WIO", "NWC"), jnp.arange(1.0, 9)[None, :, None]
    slide = lambda padding: jax.lax.conv_general_dilated(  # noqa: E731
        row, jnp.ones((3, 1, 1)), (2,), padding, dimension_numbers=layout
    ).ravel()
    np.testing.assert_array_equal(slide("SAME"), slide([(0, 1)]))
    np.testing.assert_array_equal(slide("SAME"), [6, 12, 18, 15])
    np.testing.assert_array_equal(slide([(1, 1)]), [3, 9, 15, 21])


def slope(pool, image):
    def total(image):
        return jnp.sum(pool(image[None, :, :, None]))

    return np.array(jax.grad(total)(jnp.array(image, "float32")))


def by_reshape(maps):
    n, h, w, c = maps.shape
    return maps.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))


def test_max_pool_forward_and_gradient():
    image = np.random.default_rng(0).permutation(48).reshape(6, 8).astype("float32")
    windows = image.reshape(3, 2, 4, 2).max((1, 3))
    pooled = functional.max_pool(image[None, :, :, None])[0, :, :, 0]
    np.testing.assert_array_equal(pooled, windows)
    largest = image == np.repeat(np.repeat(windows, 2, 0), 2, 1)
    np.testing.assert_array_equal(slope(functional.max_pool, image), largest)
    np.testing.assert_array_equal(slope(by_reshape, image), largest)


def test_max_pool_drops_what_fills_no_window():
    gradient = slope(functional.max_pool, np.arange(49).reshape(7, 7))
    assert gradient.sum() == 9
    assert not gradient[6].any()
    assert not gradient[:, 6].any()


@pytest.mark.parametrize("equal", [[0, 1, 2, 3], [1, 2], [1, 3], [2, 3], [0, 3]])
def test_of_equal_pixels_the_first_gets_the_gradient(equal):
    """Trap 23: as PyTorch's max_pool2d; `max` along axes shares it."""
    window = np.zeros(4)
    window[equal] = 5
    first, split = (
        slope(pool, window.reshape(2, 2)).ravel() for pool in (functional.max_pool, by_reshape)
    )
    np.testing.assert_array_equal(first, np.arange(4) == equal[0])
    np.testing.assert_array_equal(split, (window == 5) / len(equal))


def test_a_last_digit_sends_the_gradient_elsewhere():
    """Why float32 runs may part: the same sum in two orders, beside a pixel that is as large."""
    p, q, r = np.float32([0.2, 0.1, 0.4])
    one, other = (p + q) + r, (r + q) + p
    assert 0 < one - other < 1e-7
    found = [
        slope(functional.max_pool, [[np.float32(0.7), pixel], [0, 0]]) for pixel in (one, other)
    ]
    np.testing.assert_array_equal(found, [[[0, 1], [0, 0]], [[1, 0], [0, 0]]])


@pytest.mark.parametrize("model", MODELS)
def test_shapes_layer_by_layer(model):
    params = jax.eval_shape(lambda: functional.init(jax.random.key(0), model))
    assert list(params) == [*MAPS[model], *LINEAR[model]]

    def shapes(params, x):
        net, found = nnx.merge(functional.graphdef(model), params), []
        for name in MAPS[model]:
            x = functional.max_pool(getattr(net, name)(x))
            found.append(x)
        x = x.reshape(len(x), -1)
        for name in LINEAR[model]:
            x = getattr(net, name)(x)
            found.append(x)
        return found

    x = jax.ShapeDtypeStruct((7, 28, 28, 1), jnp.float32)
    wanted = [*MAPS[model].values(), *((width,) for width in LINEAR[model].values())]
    assert [leaf.shape[1:] for leaf in jax.eval_shape(shapes, params, x)] == wanted
    apply = lambda params, x: functional.apply(params, x, model)  # noqa: E731
    assert jax.eval_shape(apply, params, x).shape == (7, 10)


def test_the_flatten_permutation():
    """Trap 3: rows in another order; a plain transpose has the right shape and other numbers."""
    random = np.random.default_rng(0)
    weight, image = random.normal(size=(10, 320)), random.normal(size=(4, 4, 20))
    expected = weight @ image.transpose(2, 0, 1).ravel()
    kernel = linear_after_flatten(20, 4, 4).to_jax({"weight": weight})["kernel"]
    np.testing.assert_allclose(image.ravel() @ kernel, expected, rtol=1e-10)
    assert kernel.shape == weight.T.shape
    assert np.abs(image.ravel() @ weight.T - expected).max() > 1
    (first,) = (
        layer.rule for layer in find("l10").parameter_map(Config()).layers if layer.jax == "fc"
    )
    np.testing.assert_array_equal(first.to_jax({"weight": weight})["kernel"], kernel)


def test_a_quick_run_reads_digits():
    config = Config(**find("l10").quick | {"epochs": 6})
    data, test = functional.examples(config), functional.test_examples(config)
    params, history = functional.train(config, data, test=test)
    assert history["test_accuracy"][-1] > 0.9
    numbers = functional.result(config, params, history, data)
    assert float(numbers["test accuracy"]) == pytest.approx(history["test_accuracy"][-1])
