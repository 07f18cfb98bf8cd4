"""Anybody's pair of models: agreement where they agree, and which gradient where not."""

import jax.numpy as jnp
import numpy as np
import pytest
import torch

from jaxdl.parity import Layer, ParameterMap, compare

LIKE = {
    "hidden": {"kernel": np.zeros((8, 6)), "bias": np.zeros(6)},
    "out": {"kernel": np.zeros((6, 1)), "bias": np.zeros(1)},
}
MAP = ParameterMap((Layer("0", "hidden"), Layer("2", "out")))


def compared(activation, dtype="float64"):
    torch.manual_seed(0)
    layers = torch.nn.Linear(8, 6), torch.nn.GELU(), torch.nn.Linear(6, 1)
    model = torch.nn.Sequential(*layers).to(getattr(torch, dtype))
    random = np.random.default_rng(0)

    def apply(params, x):
        hidden = activation(x @ params["hidden"]["kernel"] + params["hidden"]["bias"][None])
        return hidden @ params["out"]["kernel"] + params["out"]["bias"][None]

    return compare(
        model,
        LIKE,
        tuple(random.normal(size=(32, n)).astype(dtype) for n in (8, 1)),
        apply=apply,
        loss=lambda params, batch: jnp.mean((apply(params, batch[0]) - batch[1]) ** 2),
        torch_loss=lambda net, batch: torch.nn.functional.mse_loss(net(batch[0]), batch[1]),
        parameter_map=MAP,
    )


def exact_gelu(x):
    from jax.nn import gelu

    return gelu(x, approximate=False)


@pytest.mark.parametrize(("dtype", "limit"), [("float64", 1e-10), ("float32", 1e-5)])
def test_the_same_model(dtype, limit):
    found = compared(exact_gelu, dtype)
    assert found.agree
    assert set(found.gradient_error) == set(names())
    assert found.worst.keys() == {"output", "loss", "gradient"}
    assert max(found.worst.values()) <= limit


def test_gelu_is_exact_in_torch_and_approximate_in_jax():  # trap 9 of docs/porting.md
    from jax.nn import gelu

    found = compared(gelu)
    assert not found.agree
    assert min(found.worst.values()) > 1e-10
    assert max(found.worst.values()) < 1e-2  # near enough to go unnoticed


def test_integer_inputs_leave_a_float64_model_in_float64():
    torch.manual_seed(0)
    model = torch.nn.Embedding(5, 3).double()
    found = compare(
        model,
        {"embedding": np.zeros((5, 3))},
        (np.array([0, 3, 3]), np.zeros(3, np.int64)),
        apply=lambda params, x: params["embedding"][x],
        loss=lambda params, batch: jnp.mean(params["embedding"][batch[0]] ** 2),
        torch_loss=lambda net, batch: (net(batch[0]) ** 2).mean(),
    )
    assert found.precision == "float64"
    assert max(found.worst.values()) < 1e-15


def test_a_model_without_parameters():
    found = compare(
        torch.nn.Tanh(),
        {},
        (np.linspace(-1, 1, 5), np.zeros(5)),
        apply=lambda params, x: jnp.tanh(x),
        loss=lambda params, batch: jnp.mean(jnp.tanh(batch[0])),
        torch_loss=lambda net, batch: net(batch[0]).mean(),
    )
    assert found.agree


def names():
    return [f"{layer}.{kind}" for layer in (0, 2) for kind in ("weight", "bias")]
