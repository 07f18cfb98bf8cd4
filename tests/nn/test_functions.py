"""Pooling, padding, resampling, activations without PyTorch: definitions, what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxdl import nn

LINE = np.array([3.0, 1, 4, 1, 5, 9, 2], "float32")[:, None]  # (7, 1): no batch, one channel


def numbers(y):
    return np.asarray(y)[:, 0].tolist()


def test_windows_by_hand():
    assert numbers(nn.max_pool(LINE, (2,))) == [3, 4, 9]  # PyTorch's stride is the window
    assert numbers(nn.max_pool(LINE, (2,), ceil_mode=True)) == [3, 4, 9, 2]
    assert numbers(nn.max_pool(LINE, (2,), 3, dilation=3)) == [3, 2]  # of 0 and 3, of 3 and 6
    assert numbers(nn.avg_pool(LINE, (2,), 2, 1)) == [1.5, 2.5, 3, 5.5]
    assert numbers(nn.avg_pool(LINE, (2,), 2, 1, count_include_pad=False)) == [3, 2.5, 3, 5.5]
    assert numbers(nn.adaptive_max_pool(LINE, (3,))) == [4, 5, 9]  # 0 to 3, 2 to 5, 4 to 7
    np.testing.assert_allclose(numbers(nn.lp_pool(LINE, 2, (2,))), np.sqrt([10, 17, 106]), 1e-6)


def test_unpooling_puts_numbers_back():
    values, indices = nn.max_pool(LINE, (2,), return_indices=True)
    assert numbers(indices) == [0, 2, 5]
    y = nn.max_unpool(values, indices, (2,), output_size=(7,))
    assert numbers(y) == [3, 0, 4, 0, 0, 9, 0]


def test_padding_by_hand():
    assert numbers(nn.pad(LINE, [(2, -5)], value=7)) == [7, 7, 3, 1]
    assert numbers(nn.pad(LINE[:3], [2], "reflect")) == [4, 1, 3, 1, 4, 1, 3]
    assert numbers(nn.pad(LINE[:3], [1], "replicate")) == [3, 3, 1, 4, 4]
    assert numbers(nn.pad(LINE[:3], [(3, 1)], "circular")) == [3, 1, 4, 3, 1, 4, 3]


def test_images_of_another_size_and_back():
    x = np.arange(2 * 4 * 6 * 8, dtype="float32").reshape(2, 4, 6, 8)
    for there, back in (
        (lambda x: nn.pixel_shuffle(x, 2), lambda y: nn.pixel_unshuffle(y, 2)),
        (lambda x: nn.channel_shuffle(x, 2), lambda y: nn.channel_shuffle(y, 4)),
        (nn.flatten_channels_first, lambda y: nn.unflatten_channels_first(y, (4, 6, 8))),
        (lambda x: nn.unfold(x, 2, strides=2), lambda y: nn.fold(y, (4, 6), 2, strides=2)),
        (lambda x: nn.upsample(x, scale_factor=3), lambda y: y[:, ::3, ::3]),
    ):
        np.testing.assert_array_equal(back(there(x)), x)


def test_plain_images_take_the_fast_ways():
    """`jaxdl.ops` has an algorithm of its own for them; volumes go XLA's way."""

    def program(shape, window):
        loss = lambda x: jnp.sum(nn.max_pool(x, window, 1, 1))  # noqa: E731
        return str(jax.make_jaxpr(jax.grad(loss))(jnp.ones(shape)))

    assert "select_and_scatter_add" not in program((2, 8, 8, 3), (3, 3))
    assert "select_and_scatter_add" in program((2, 8, 8, 3, 1), (3, 3, 3))


def test_an_axis_before_the_dimensions_is_a_batch():
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype("float32")
    layer = nn.ConvTranspose(4, 6, 3, 2, feature_group_count=2, rngs=nnx.Rngs(0))
    np.testing.assert_allclose(layer(x)[1, 2], layer(x[1, 2]), atol=1e-6)
    np.testing.assert_array_equal(nn.max_pool(x, (3,), 1, 1)[1], nn.max_pool(x[1], (3,), 1, 1))


IMAGE = jnp.ones((1, 4, 6, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.max_pool(IMAGE, (2, 2), padding=2), "PyTorch's padding 2 is at most half"),
        (lambda: nn.max_pool(IMAGE, (5, 2)), "a window of 5 pixels does not fit into 4"),
        (lambda: nn.max_pool(IMAGE, (2, 2), (1,)), r"strides must be .* 2 of them, got \(1,\)"),
        (lambda: nn.max_pool(IMAGE[0, 0], (2, 2)), r"wants \(…, \*dimensions, channels\) here"),
        (lambda: nn.avg_pool(IMAGE, (2, 2), divisor_override=0), "divisor_override must not be 0"),
        (lambda: nn.lp_pool(IMAGE, 0, (2, 2)), "norm_type must not be 0"),
        (lambda: nn.adaptive_avg_pool(IMAGE, (0, 1)), "output_size must be an integer from 1 on"),
        (lambda: nn.fractional_max_pool(IMAGE, (2, 2), jnp.ones((1, 3, 2))), "either output_size"),
        (
            lambda: nn.fractional_max_pool(IMAGE, (2, 2), jnp.ones((3, 2)), output_size=(2, 2)),
            r"samples must be \(n, channels, 2\)",
        ),
        (lambda: nn.max_unpool(IMAGE, IMAGE[:, :2], (2, 2)), "indices of shape"),
        (lambda: nn.pad(IMAGE, [1, 1], "symmetric"), "mode must be one of constant, reflect"),
        (lambda: nn.pad(IMAGE, [4, 1], "reflect"), "mode 'reflect' pads 4 pixels by at most 3"),
        (lambda: nn.pad(IMAGE, [1, 7], "circular"), "mode 'circular' pads 6 pixels by at most 6"),
        (lambda: nn.upsample(IMAGE), "either size or scale_factor"),
        (lambda: nn.upsample(IMAGE, 3, mode="linear"), "mode 'linear' is for 1 dimensions"),
        (lambda: nn.upsample(IMAGE, 3, align_corners=True), "'nearest' has no align_corners"),
        (lambda: nn.pixel_shuffle(IMAGE, 2), "upscale_factor 2 makes 4 pixels .* it has 3"),
        (lambda: nn.pixel_unshuffle(IMAGE, 4), "downscale_factor 4 must divide height 4 and width"),
        (lambda: nn.channel_shuffle(IMAGE, 2), "2 groups must divide the 3 channels"),
        (lambda: nn.unfold(IMAGE, 5), "a window .* does not fit"),
        (lambda: nn.fold(jnp.ones((1, 4, 12)), (4, 6), 2, strides=2), "PyTorch's the other way"),
        (lambda: nn.hardtanh(IMAGE, 1, 1), "min_val must be below max_val"),
        (lambda: nn.rrelu(IMAGE, 0.5, 0.1), "lower must be at most upper"),
        (lambda: nn.rrelu(IMAGE, noise=IMAGE[0]), "noise must be of x's shape"),
        (lambda: nn.gelu(IMAGE, "fast"), "approximate must be 'none' or 'tanh'"),
        (lambda: nn.softshrink(IMAGE, -1), "lambd must be 0 or more"),
        (lambda: nn.PReLU(4)(IMAGE), r"PyTorch's PReLU\(4\) has a slope for each of the channels"),
    ],
)
def test_what_is_refused_is_told_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as told:
        call()
    assert "\n" not in str(told.value)
