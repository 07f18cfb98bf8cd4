"""A convolutional net carried over from PyTorch: initial values, output and every gradient.

Traps 2 and 3 of docs/porting.md: layouts, and the order in which an image is flattened.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch import nn

from jaxdl import replay
from jaxdl.parity import CONV2D, Layer, ParameterMap, compare, linear_after_flatten

MAP = ParameterMap((Layer("0", "conv", CONV2D), Layer("4", "out", linear_after_flatten(5, 3, 4))))
LIKE = {
    "conv": {"kernel": np.zeros((3, 2, 2, 5)), "bias": np.zeros(5)},
    "out": {"kernel": np.zeros((60, 7)), "bias": np.zeros(7)},
}


def model():
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(2, 5, (3, 2)), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(60, 7)
    )


def apply(params, x):  # x (n, 2, 8, 9), PyTorch's layout
    x = x.transpose(0, 2, 3, 1)  # -> (n, 8, 9, 2)
    layout = ("NHWC", "HWIO", "NHWC")
    kernel = params["conv"]["kernel"]
    x = jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=layout)
    x = x + params["conv"]["bias"][None, None, None]  # -> (n, 6, 8, 5)
    n, h, w, c = x.shape
    x = x.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))  # -> (n, 3, 4, 5)
    x = jax.nn.relu(x).reshape(n, -1)  # -> (n, 60), in H·W·C order
    return x @ params["out"]["kernel"] + params["out"]["bias"][None]


def compared(parameter_map, dtype):
    random = np.random.default_rng(0)
    return compare(
        model().to(getattr(torch, dtype)),
        LIKE,
        (
            random.normal(size=(4, 2, 8, 9)).astype(dtype),
            random.normal(size=(4, 7)).astype(dtype),
        ),
        apply=apply,
        loss=lambda params, batch: jnp.mean((apply(params, batch[0]) - batch[1]) ** 2),
        torch_loss=lambda net, batch: nn.functional.mse_loss(net(batch[0]), batch[1]),
        parameter_map=parameter_map,
    )


@pytest.mark.parametrize(("dtype", "limit"), [("float64", 1e-10), ("float32", 1e-5)])
def test_outputs_and_gradients(dtype, limit):
    assert max(compared(MAP, dtype).worst.values()) <= limit


def test_a_plain_linear_rule_after_flatten_is_wrong():
    """The trap: the shapes fit, the numbers do not."""
    trap = ParameterMap((Layer("0", "conv", CONV2D), Layer("4", "out")))
    assert compared(trap, "float64").output_error > 0.1


def test_initial_values_are_drawn_as_torch_draws_them():
    drawn = MAP.to_torch(MAP.draw(replay.Generator(3), LIKE))
    for name, tensor in model().state_dict().items():
        np.testing.assert_array_equal(drawn[name], tensor.numpy())
