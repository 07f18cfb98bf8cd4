"""Lesson 11: branches side by side, shortcuts, and nets for images of any colour and size."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxdl import replay
from jaxdl.parity import MapError
from lessons.l11_advanced_cnn import LESSON, MODELS, Config, functional, parameter_map

CHANNELS = {"googlenet": 88, "resnet": 32, "densenet": 56}  # of what is flattened
TENSORS = {"googlenet": 34, "resnet": 14, "densenet": 22}
IMAGES = {"digits": ((28, 28, 1), 4), "cifar10": ((32, 32, 3), 5)}  # and the side of it


def shapes(model, shape):
    """What `init` gives, without drawing it."""
    return jax.eval_shape(partial(functional.init, model=model, shape=shape), jax.random.key(0))


def drawn(model, data="digits"):
    """Parameters as PyTorch draws them; faster than `init`, which compiles each layer's draw."""
    shape, _ = IMAGES[data]
    like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes(model, shape))
    return parameter_map(Config(model=model, data=data)).draw(replay.Generator(0), like)


def net(model):
    return nnx.merge(functional.graphdef(model, (28, 28, 1)), drawn(model))


def image(*shape):
    return jnp.asarray(np.random.default_rng(0).normal(size=shape), jnp.float32)


def neighbourhoods(x, size):
    """Every pixel's neighbourhood, zeros around the image: (n, h, w, size, size, channels)."""
    far = size // 2
    padded = np.pad(np.asarray(x), ((0, 0), (far, far), (far, far), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    return windows.transpose(0, 1, 2, 4, 5, 3)


def same_size(layer, x):
    """A convolution that keeps the size, by the formula."""
    kernel, bias = np.asarray(layer.kernel[...]), np.asarray(layer.bias[...])
    windows = neighbourhoods(x, len(kernel))
    return np.einsum("nhwabc,abco->nhwo", windows, kernel) + bias[None, None, None]


def test_inception_is_its_branches_side_by_side():
    module, x = net("googlenet").incep1, image(2, 6, 5, 10)
    five = same_size(module.branch5x5_2, same_size(module.branch5x5_1, x))
    three = same_size(module.branch3x3_2, same_size(module.branch3x3_1, x))
    wanted = [
        same_size(module.branch1x1, x),
        five,
        same_size(module.branch3x3_3, three),
        same_size(module.branchpool, neighbourhoods(x, 3).mean(axis=(3, 4))),
    ]
    found = jnp.split(module(x), (16, 40, 64), axis=-1)
    assert [branch.shape[-1] for branch in found] == [16, 24, 24, 24]
    for branch, expected in zip(found, wanted, strict=True):
        np.testing.assert_allclose(branch, expected, atol=1e-5)


def test_a_1x1_convolution_is_a_linear_layer_at_every_pixel():
    layer, x = net("googlenet").incep1.branch1x1, image(2, 6, 5, 10)
    kernel, bias = layer.kernel[...], layer.bias[...]
    wanted = x.reshape(-1, 10) @ kernel[0, 0] + bias[None]
    np.testing.assert_allclose(layer(x).reshape(-1, 16), wanted, atol=1e-5)


def test_average_pooling_counts_the_zeros_around_the_image():
    module = net("googlenet").incep1
    module.branchpool.kernel[...] = jnp.eye(10, 24)[None, None]
    module.branchpool.bias[...] = jnp.zeros(24)
    pooled = module(jnp.ones((1, 4, 4, 10)))[0, :, :, 64:74]
    wanted = np.array([[4, 6, 6, 4], [6, 9, 9, 6], [6, 9, 9, 6], [4, 6, 6, 4]]) / 9
    np.testing.assert_allclose(pooled, np.repeat(wanted[..., None], 10, axis=-1), rtol=1e-6)


def test_a_residual_block_adds_its_input():
    block, x = net("resnet").rblock1, image(2, 6, 5, 16)
    hidden = np.maximum(same_size(block.conv1, x), 0)
    wanted = np.maximum(np.asarray(x) + same_size(block.conv2, hidden), 0)
    np.testing.assert_allclose(block(x), wanted, atol=1e-5)


def test_a_residual_block_without_kernels_does_nothing_but_relu():
    zeros = jax.tree.map(jnp.zeros_like, drawn("resnet"))
    block = nnx.merge(functional.graphdef("resnet", (28, 28, 1)), zeros).rblock2
    x = image(2, 4, 4, 32)
    np.testing.assert_array_equal(block(x), jnp.maximum(x, 0))
    slope = jax.grad(lambda x: jnp.sum(block(x)))(x)
    np.testing.assert_array_equal(slope, (x > 0).astype(jnp.float32))


def test_a_dense_block_joins_what_all_its_convolutions_find():
    block, x = net("densenet").dense1, image(2, 6, 5, 16)
    found = [np.asarray(x)]
    for conv in block.convs:
        found.append(same_size(conv, np.maximum(np.concatenate(found, axis=-1), 0)))
    assert [part.shape[-1] for part in found] == [16, 8, 8, 8, 8]
    np.testing.assert_allclose(block(x), np.concatenate(found, axis=-1), atol=1e-5)


def test_the_input_of_a_dense_block_reaches_its_output_unchanged():
    """So a gradient passes by all of its convolutions, whatever they hold."""
    zeros = jax.tree.map(jnp.zeros_like, drawn("densenet"))
    block = nnx.merge(functional.graphdef("densenet", (28, 28, 1)), zeros).dense2
    x = image(2, 4, 4, 24)
    np.testing.assert_array_equal(block(x)[..., :24], x)
    slope = jax.grad(lambda x: jnp.sum(block(x)))(x)
    np.testing.assert_array_equal(slope, jnp.ones_like(x))


@pytest.mark.parametrize("data", IMAGES)
@pytest.mark.parametrize("model", MODELS)
def test_shapes(model, data):
    shape, side = IMAGES[data]
    params = shapes(model, shape)
    assert params["conv1"]["kernel"].shape[2] == shape[-1]
    assert params["fc"]["kernel"].shape == (CHANNELS[model] * side**2, 10)
    images = jax.ShapeDtypeStruct((7, *shape), jnp.float32)
    scores = jax.eval_shape(partial(functional.apply, model=model), params, images)
    assert scores.shape == (7, 10)
    value = jax.eval_shape(
        partial(functional.loss, model=model),
        params,
        (images, jax.ShapeDtypeStruct((7,), jnp.int32)),
    )
    assert value.shape == ()


@pytest.mark.parametrize("data", IMAGES)
@pytest.mark.parametrize("model", MODELS)
def test_the_map_is_total_and_invertible(model, data):
    params = drawn(model, data)
    pairs = parameter_map(Config(model=model, data=data))
    tensors = pairs.to_torch(params)
    assert len(tensors) == len(jax.tree.leaves(params)) == TENSORS[model]
    jax.tree.map(np.testing.assert_array_equal, pairs.to_jax(tensors, params), params)
    for name in ("conv1.weight", "fc.bias"):
        with pytest.raises(MapError, match=name):
            pairs.to_jax({key: tensors[key] for key in tensors if key != name}, params)


def test_a_map_of_grey_images_does_not_fit_colour():
    params = drawn("resnet", "cifar10")
    with pytest.raises(MapError, match="has shape"):
        parameter_map(Config(model="resnet", data="digits")).to_torch(params)


def test_colour_images_become_inputs_as_they_are():
    grey, colour = np.full((2, 28, 28), 255, np.uint8), np.zeros((2, 32, 32, 3), np.uint8)
    assert functional.inputs(grey).shape == (2, 28, 28, 1)
    assert functional.inputs(colour).shape == (2, 32, 32, 3)
    np.testing.assert_allclose(functional.inputs(grey), (1 - 0.1307) / 0.3081, rtol=1e-6)
    np.testing.assert_allclose(functional.inputs(colour), -0.1307 / 0.3081, rtol=1e-6)


@pytest.mark.parametrize(
    ("model", "epochs", "least"), [("googlenet", 2, 0.7), ("resnet", 2, 0.9), ("densenet", 2, 0.8)]
)
def test_a_net_learns_the_digits(model, epochs, least):
    """With the values of the quick run, whose program is compiled for other tests, too."""
    config = replace(Config(), **LESSON.quick | {"model": model, "epochs": epochs})
    data = functional.examples(config)
    params, history = functional.train(config, data, drawn(model))
    assert [len(row) for row in history["loss"]] == [103] * epochs
    assert float(functional.result(config, params, history, data)["test accuracy"]) > least
