"""The doctor on faults in single functions, and on sound ports that rounding alone sets apart."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from torch.nn import functional as F

from jaxdl.errors import InputError
from jaxdl.parity import diagnose

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(4, 5, 6)).astype("float32")
TARGET = np.array([1, 2, 0, 3, 1])


@pytest.fixture(autouse=True)
def _as_a_stranger_has_jax():
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        yield


class Net(torch.nn.Module):
    """A function between two linear layers."""

    def __init__(self, function):
        super().__init__()
        torch.manual_seed(0)
        self.a, self.b = torch.nn.Linear(6, 6), torch.nn.Linear(6, 6)
        self.function = function

    def forward(self, x):
        return self.b(self.function(self.a(x)))


PARAMS = {name: {"kernel": np.zeros((6, 6)), "bias": np.zeros(6)} for name in "ab"}


def linear(p, x):
    return x @ p["kernel"] + p["bias"]


def diagnosed(theirs, ours, **more):
    def apply(params, x):
        return linear(params["b"], ours(linear(params["a"], x)))

    return diagnose(Net(theirs), PARAMS, (X,), apply=apply, **more)


def summed(x):
    zeros = torch.zeros(4, 4, 6, dtype=x.dtype)
    return zeros.index_add(1, torch.from_numpy(TARGET), x)


FAULTS = {
    "cumsum": (
        lambda x: x.cumsum(1),
        lambda x: jnp.cumsum(x, 1) - x,
        "each place's own number is left out",
    ),
    "fmod": (
        lambda x: torch.fmod(x, 0.5),
        lambda x: jnp.mod(x, 0.5),
        "has the sign of the divisor",
    ),
    "round": (lambda x: x.round(), jnp.floor, "it is floor, not round"),
    "median": (
        lambda x: x[:, :4].median(1).values,
        lambda x: jnp.median(x[:, :4], axis=1),
        "the mean of the two in the middle",
    ),
    "max": (
        lambda x: x[:, :4, :4].repeat(1, 1, 1).max(1).values.repeat(1, 2)[:, :6],
        lambda x: jnp.tile(x[:, :4, :4].max(2), (1, 2))[:, :6],
        "taken over axis 2",
    ),
    "clamp": (
        lambda x: x.clamp(-0.5, 0.5),
        lambda x: jnp.clip(x, -0.25, 0.375),
        "the bounds are -0.25 and 0.375",
    ),
    "index_add": (
        summed,
        lambda x: jnp.zeros((4, 4, 6), x.dtype).at[:, TARGET].set(x),
        "several that go to one place",
    ),
    "getitem": (
        lambda x: x[torch.arange(4), torch.tensor([1, 3, 0, 4])],
        lambda x: x[:, -1],
        "the last place is read each time",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_function(name):
    theirs, ours, cause = FAULTS[name]
    found = diagnosed(theirs, ours)
    assert (found.stage, found.place) == ("forward", name), found
    assert cause in found.cause, found


def test_another_layers_parameters():
    def apply(params, x):
        return linear(params["a"], jnp.tanh(linear(params["a"], x)))

    found = diagnose(Net(torch.tanh), PARAMS, (X,), apply=apply)
    assert found.place == "linear of b"
    assert found.cause == "the parameters are those of a, not of b"


class Two(Net):
    def forward(self, x):
        return self.a(x), self.b(x)


def test_outputs_in_another_order():
    def apply(params, x):
        return linear(params["b"], x), linear(params["a"], x)

    found = diagnose(Two(None), PARAMS, (X,), apply=apply)
    assert found.cause == "the outputs stand in the order (1, 0)"


def test_a_square_weight_that_is_not_transposed():
    params = {"a.weight": np.zeros((6, 6)), "a.bias": np.zeros(6)}
    params |= {"b.weight": np.zeros((3, 6)), "b.bias": np.zeros(3)}
    net = Net(torch.tanh)
    net.b = torch.nn.Linear(6, 3)

    def apply(p, x):
        return jnp.tanh(x @ p["a.weight"] + p["a.bias"]) @ p["b.weight"].T + p["b.bias"]

    assert "not transposed" in diagnose(net, params, (X,), apply=apply).cause


def mean_square(net, batch):
    return (net(batch[0]) ** 2).mean()


def gradient_of(theirs, ours, x):
    def loss(params, batch):
        return (linear(params["b"], ours(linear(params["a"], batch[0]))) ** 2).mean()

    net = Net(theirs)
    with torch.no_grad():
        net.a.bias.zero_()
    apply = lambda params, x: linear(params["b"], ours(linear(params["a"], x)))  # noqa: E731
    return diagnose(net, PARAMS, (x,), apply=apply, loss=loss, torch_loss=mean_square)


def test_a_gradient_that_is_not_a_number():
    x = np.array([[0.0] * 6, [1.0] * 6], "float32")
    found = gradient_of(
        lambda x: x / x.norm(dim=-1, keepdim=True).clamp(min=1.0),
        lambda x: x / jnp.maximum(jnp.linalg.norm(x, axis=-1, keepdims=True), 1.0),
        x,
    )
    assert found.stage == "gradient"
    assert "the gradient is NaN" in found.cause


def test_a_kink_that_is_met_exactly():
    x = np.array([[0.0] * 6, [1.0] * 6], "float32")
    found = gradient_of(torch.relu, lambda x: jnp.maximum(x, 0), x)
    assert (found.stage, found.place) == ("gradient", "relu")
    assert "half of its gradient" in found.cause


MEAN = np.array([0.485, 0.456, 0.406, 0.3, 0.2, 0.1], "float32")
TABLE = np.sin(np.arange(6, dtype="float32"))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (lambda x: x - torch.from_numpy(MEAN), lambda x: x - MEAN.astype("float64")),
        (lambda x: x + torch.from_numpy(TABLE), lambda x: x + jnp.asarray(np.sin(np.arange(6.0)))),
        (lambda x: x / 7**0.5, lambda x: x / np.sqrt(np.float32(7))),
        (lambda x: x * torch.tensor(0.1), lambda x: x * 0.1),
    ],
    ids=["mean", "table", "scale", "scalar"],
)
def test_constants_in_float32_are_no_fault(theirs, ours):
    found = diagnosed(theirs, ours)
    assert found.healthy, found


def test_a_program_with_float32_written_in_it():
    def running(x):
        def step(carry, row):
            carry = jnp.tanh(carry + row)
            return carry, carry

        start = jnp.zeros((4, 6), jnp.float32)
        return jax.lax.scan(step, start, x.swapaxes(0, 1))[1].swapaxes(0, 1)

    def theirs(x):
        carry, found = torch.zeros_like(x[:, 0]), []
        for row in x.unbind(1):
            carry = torch.tanh(carry + row)
            found.append(carry)
        return torch.stack(found, 1)

    assert diagnosed(theirs, running).healthy
    assert not diagnosed(theirs, lambda x: running(0.9 * x)).healthy
    loss = lambda p, b: (linear(p["b"], running(linear(p["a"], b[0]))) ** 2).mean()  # noqa: E731
    net = Net(theirs)
    with pytest.raises(InputError, match="float32 written in it"):
        diagnose(
            net, PARAMS, (X,), apply=lambda p, x: linear(p["b"], running(linear(p["a"], x))),
            loss=loss, torch_loss=mean_square, optimizer=optax.sgd(0.1),
            torch_optimizer=torch.optim.SGD(net.parameters(), 0.1),
        )  # fmt: skip


def test_a_ctc_loss_that_is_not_divided_by_the_lengths():
    lengths = [2, 3, 1, 2]
    labels = np.array([[1, 2, 0], [3, 1, 2], [4, 0, 0], [2, 2, 0]])

    def torch_loss(net, batch):
        chances = F.log_softmax(net(batch[0]), -1).transpose(0, 1)
        given = torch.from_numpy(labels), torch.full((4,), 5), torch.tensor(lengths)
        return F.ctc_loss(chances, *given)

    def apply(params, x):
        return linear(params["b"], jnp.tanh(linear(params["a"], x)))

    def loss(params, batch):
        padding = (np.arange(3) >= np.array(lengths)[:, None]).astype("float32")
        logits = apply(params, batch[0])
        return optax.ctc_loss(logits, jnp.zeros(logits.shape[:2]), labels, padding).mean()

    found = diagnose(Net(torch.tanh), PARAMS, (X,), apply=apply, loss=loss, torch_loss=torch_loss)
    assert (found.stage, found.place) == ("loss", "ctc_loss")
    assert found.cause == "the mean is not divided by the targets' lengths"


def test_a_scheduler_that_ends():
    net = Net(torch.tanh)
    optimizer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)

    def scheduled(optimizer):
        return torch.optim.lr_scheduler.OneCycleLR(
            optimizer, 0.1, total_steps=10, cycle_momentum=False
        )

    apply = lambda p, x: linear(p["b"], jnp.tanh(linear(p["a"], x)))  # noqa: E731
    found = diagnose(
        net, PARAMS, (X,), apply=apply, loss=lambda p, b: (apply(p, b[0]) ** 2).mean(),
        torch_loss=mean_square, optimizer=optax.sgd(0.1, momentum=0.9), torch_optimizer=optimizer,
        torch_scheduler=scheduled,
    )  # fmt: skip
    assert found.stage == "optimizer"
    assert "the learning rate" in found.cause
