"""A net with batch normalisation and dropout, trained by `fit`, follows its PyTorch twin."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from flax import nnx

from jaxdl import nn
from jaxdl.parity import relative_error
from jaxdl.train import TrainState, fit

EPOCHS, STEPS, BATCH, CLASSES = 4, 5, 8, 3
OPTIMIZER = optax.sgd(0.1, momentum=0.9)
LEAVES = {"bias": "bias", "running_mean": "mean", "running_var": "var"}


class Twin(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 3, 3)
        self.norm1 = torch.nn.BatchNorm2d(3)
        self.fc1 = torch.nn.Linear(48, 5)
        self.norm2 = torch.nn.BatchNorm1d(5)
        self.fc2 = torch.nn.Linear(5, CLASSES)

    def forward(self, x, mask):
        x = torch.relu(self.norm1(self.conv(x.permute(0, 3, 1, 2))))
        x = x.permute(0, 2, 3, 1).flatten(1)
        return self.fc2(torch.relu(self.norm2(self.fc1(x))) * mask)


class Net(nnx.Module):
    def __init__(self, dtype, rngs):
        options = {"param_dtype": dtype, "rngs": rngs}
        self.conv = nn.Conv(1, 3, (3, 3), padding="VALID", **options)
        self.norm1 = nn.BatchNorm(3, **options)
        self.fc1 = nn.Linear(48, 5, **options)
        self.norm2 = nn.BatchNorm(5, **options)
        self.dropout = nnx.Dropout(0.25, rngs=rngs)
        self.fc2 = nn.Linear(5, CLASSES, **options)

    def __call__(self, x):
        x = nnx.relu(self.norm1(self.conv(x))).reshape(len(x), -1)
        return self.fc2(self.dropout(nnx.relu(self.norm2(self.fc1(x)))))


def flaxs(model):
    """(layer, leaf, array) of all that PyTorch keeps but the count of the batches."""
    for name, tensor in model.state_dict().items():
        layer, kind = name.split(".")
        if kind != "num_batches_tracked":
            leaf = LEAVES.get(kind, "scale" if tensor.ndim == 1 else "kernel")
            order = {1: (0,), 2: (1, 0), 4: (2, 3, 1, 0)}[tensor.ndim]
            yield layer, leaf, tensor.numpy(force=True).transpose(order).copy()


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
def test_losses_parameters_running_statistics_and_evaluation(dtype, tolerance):
    random = np.random.default_rng(0)
    x = random.normal(size=(STEPS * BATCH, 6, 6, 1)).astype(dtype)
    y = random.integers(0, CLASSES, STEPS * BATCH).astype("int32")
    order = np.stack([random.permutation(len(x)) for _ in range(EPOCHS)])
    torch.manual_seed(5)
    model = Twin().to(getattr(torch, dtype))

    with jax.enable_x64(dtype == "float64"):
        net = Net(dtype, nnx.Rngs(0))
        for layer, leaf, array in flaxs(model):
            getattr(getattr(net, layer), leaf)[...] = jnp.asarray(array)
        draw = nnx.clone(net.dropout)
        masks = [np.array(draw(jnp.ones((BATCH, 5), dtype))) for _ in range(EPOCHS * STEPS)]
        graphdef, params, rest = nnx.split(net, nnx.Param, ...)

        def loss_fn(params, rest, batch):
            net = nnx.merge(graphdef, params, rest, copy=True)
            losses = optax.softmax_cross_entropy_with_integer_labels(net(batch[0]), batch[1])
            return jnp.mean(losses), nnx.split(net, nnx.Param, ...)[2]

        def train_step(state, batch):
            grad_fn = jax.value_and_grad(loss_fn, has_aux=True)
            (loss, rest), gradient = grad_fn(state.params, state.rest, batch)
            updates, opt_state = OPTIMIZER.update(gradient, state.opt_state)
            params = optax.apply_updates(state.params, updates)
            return TrainState(params, opt_state, state.step + 1, rest), loss

        state = TrainState.create(params, OPTIMIZER, rest)
        data = (jnp.asarray(x), jnp.asarray(y))
        state, history = fit(
            train_step, state, data, order, epochs=EPOCHS, batch_size=BATCH, scan=True
        )
        net = nnx.merge(graphdef, state.params, state.rest)
        net.eval()
        outputs = jax.jit(lambda x: net(x))(data[0])

    optimizer, losses = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9), []
    for picked, mask in zip(order.reshape(-1, BATCH), masks, strict=True):
        logits = model(torch.from_numpy(x[picked]), torch.from_numpy(mask))
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(y[picked]).long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()

    errors = {
        f"{layer}.{leaf}": relative_error(np.array(getattr(getattr(net, layer), leaf)[...]), array)
        for layer, leaf, array in flaxs(model)
    }
    errors["losses"] = relative_error(np.ravel(history["loss"]), np.array(losses))
    wanted = model(torch.from_numpy(x), 1.0).numpy(force=True)
    errors["evaluation"] = relative_error(np.array(outputs), wanted)
    assert max(errors.values()) < tolerance, errors
    assert len(errors) == 16  # 10 parameters and 4 statistics
    assert len({mask.tobytes() for mask in masks}) > 1  # the count of the masks went on
