"""Every activation of torch.nn, ours or JAX's, with its options: values, slopes, kinks, tails."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import torch
from torch import nn as torch_nn

from jaxdl import nn
from tests.torch.agreement import differences

# The kinks of all of them, their neighbours, and numbers far out.
KINKS = [-6, -3, -2, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 2, 3, 6, 10, 20]
X = np.array([k + d for k in KINKS for d in (-1e-9, 0, 1e-9)] + [-40, 40, 800, -800])
OURS = {
    "relu": (jax.nn.relu, torch_nn.ReLU()),
    "elu": (jax.nn.elu, torch_nn.ELU()),
    "elu 0.7": (partial(jax.nn.elu, alpha=0.7), torch_nn.ELU(0.7)),
    "selu": (jax.nn.selu, torch_nn.SELU()),
    "celu": (jax.nn.celu, torch_nn.CELU()),
    "celu 0.7": (partial(jax.nn.celu, alpha=0.7), torch_nn.CELU(0.7)),
    "sigmoid": (jax.nn.sigmoid, torch_nn.Sigmoid()),
    "log_sigmoid": (jax.nn.log_sigmoid, torch_nn.LogSigmoid()),
    "silu": (jax.nn.silu, torch_nn.SiLU()),
    "mish": (jax.nn.mish, torch_nn.Mish()),
    "soft_sign": (jax.nn.soft_sign, torch_nn.Softsign()),
    "tanh": (jnp.tanh, torch_nn.Tanh()),
    "softmax": (partial(jax.nn.softmax, axis=0), torch_nn.Softmax(0)),
    "log_softmax": (partial(jax.nn.log_softmax, axis=0), torch_nn.LogSoftmax(0)),
    "relu6": (jax.nn.relu6, torch_nn.ReLU6()),
    "hardtanh": (nn.hardtanh, torch_nn.Hardtanh()),
    "hardtanh -2 0.5": (partial(nn.hardtanh, min_val=-2, max_val=0.5), torch_nn.Hardtanh(-2, 0.5)),
    "hard_sigmoid": (jax.nn.hard_sigmoid, torch_nn.Hardsigmoid()),
    "hard_swish": (jax.nn.hard_swish, torch_nn.Hardswish()),
    "leaky_relu": (nn.leaky_relu, torch_nn.LeakyReLU()),
    "leaky_relu 0.5": (partial(nn.leaky_relu, negative_slope=0.5), torch_nn.LeakyReLU(0.5)),
    "rrelu": (nn.rrelu, torch_nn.RReLU().eval()),
    "rrelu 0 1": (partial(nn.rrelu, lower=0, upper=1), torch_nn.RReLU(0, 1).eval()),
    "gelu": (nn.gelu, torch_nn.GELU()),
    "gelu tanh": (partial(nn.gelu, approximate="tanh"), torch_nn.GELU("tanh")),
    "softplus": (nn.softplus, torch_nn.Softplus()),
    "softplus 2 4": (partial(nn.softplus, beta=2, threshold=4), torch_nn.Softplus(2, 4)),
    "hardshrink": (nn.hardshrink, torch_nn.Hardshrink()),
    "hardshrink 2": (partial(nn.hardshrink, lambd=2), torch_nn.Hardshrink(2)),
    "softshrink": (nn.softshrink, torch_nn.Softshrink()),
    "softshrink 2": (partial(nn.softshrink, lambd=2), torch_nn.Softshrink(2)),
    "tanhshrink": (nn.tanhshrink, torch_nn.Tanhshrink()),
    "threshold": (partial(nn.threshold, threshold=0.5, value=-3), torch_nn.Threshold(0.5, -3)),
    "softmin": (partial(nn.softmin, axis=0), torch_nn.Softmin(0)),
}


def test_values_and_slopes_at_every_kink():
    found = differences({name: (*pair, [X], None) for name, pair in OURS.items()})
    # PyTorch rounds 1 / 6 and 1 / alpha to float32 for the slopes of the two, in float64, too.
    assert found.pop("hard_sigmoid") < 2e-8
    assert found.pop("celu 0.7") < 2e-8
    assert found == {}


def test_axes():
    x = np.random.default_rng(0).normal(size=(2, 6, 4, 3))
    last = lambda function: lambda x: jnp.moveaxis(function(jnp.moveaxis(x, 1, -1)), -1, 1)  # noqa: E731
    cases = {
        "glu": (partial(jax.nn.glu, axis=1), torch_nn.GLU(1)),
        "softmax2d": (last(jax.nn.softmax), torch_nn.Softmax2d()),
        "softmin": (partial(nn.softmin, axis=1), torch_nn.Softmin(1)),
    }
    assert differences({name: (*pair, [x], None) for name, pair in cases.items()}) == {}


def test_random_slopes_in_training():
    module = torch_nn.RReLU()
    torch.manual_seed(0)
    x = torch.from_numpy(X).requires_grad_()
    y = module(x)
    y.sum().backward()
    noise = torch.where(x > 0, 1 / 5, x.grad).detach().numpy()  # where x is above 0 none matters
    assert noise[X <= 0].std() > 0.01
    with jax.enable_x64():
        ours = lambda x: nn.rrelu(x, noise=jnp.asarray(noise))  # noqa: E731
        slopes = jax.grad(lambda x: jnp.sum(ours(x)))(jnp.asarray(X))
        np.testing.assert_allclose(ours(jnp.asarray(X)), y.detach().numpy(), rtol=1e-12)
        np.testing.assert_array_equal(slopes, x.grad.numpy())


def test_what_differs_in_jax():
    """The traps: another slope at a kink, no threshold, an approximation."""
    traps = {
        "leaky_relu": (jax.nn.leaky_relu, torch_nn.LeakyReLU()),
        "hard_tanh": (jax.nn.hard_tanh, torch_nn.Hardtanh()),
        "softplus": (jax.nn.softplus, torch_nn.Softplus()),
        "gelu": (jax.nn.gelu, torch_nn.GELU()),
    }
    found = differences({name: (*pair, [X], None) for name, pair in traps.items()})
    assert found.keys() == traps.keys()
