"""A convolutional net: small kernels that slide over the image, and pooling between them.

JAX keeps an image as (height, width, channels), a batch of them NHWC, and kernels as HWIO; PyTorch
NCHW and OIHW. The numbers are the same, and so is what is learnt from them.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl import nn, ops, plots
from jaxdl.course import Program
from jaxdl.data import load
from jaxdl.train import TrainState, accuracy, fit, logits, shared_step
from lessons.l10_basic_cnn import AT_ONCE, Config


def inputs(images):  # (n, 28, 28) of 0 to 255 -> (n, 28, 28, 1), mean about 0, deviation about 1
    return ((images.astype(np.float32) / 255 - 0.1307) / 0.3081)[..., None]


def examples(config):  # -> x (n, 28, 28, 1), y (n,) of 0 to 9
    split = load(config.data).train
    return inputs(split.x), split.y


def test_examples(config):
    """Images that no step sees."""
    split = load(config.data).test
    return inputs(split.x), split.y


def max_pool(x):
    """The largest of every 2 × 2 pixels."""
    return ops.max_pool(x, (2, 2), strides=(2, 2))


class Net(nnx.Module):
    """The lecture's net."""

    def __init__(self, rngs):
        self.conv1 = nn.Conv(1, 10, (5, 5), padding="VALID", rngs=rngs)
        self.conv2 = nn.Conv(10, 20, (5, 5), padding="VALID", rngs=rngs)
        self.fc = nn.Linear(320, 10, rngs=rngs)

    def __call__(self, x):  # (n, 28, 28, 1)
        x = nnx.relu(max_pool(self.conv1(x)))  # -> (n, 24, 24, 10) -> (n, 12, 12, 10)
        x = nnx.relu(max_pool(self.conv2(x)))  # -> (n, 8, 8, 20) -> (n, 4, 4, 20)
        return self.fc(x.reshape(len(x), -1))  # -> (n, 320) -> (n, 10)


class DeeperNet(nnx.Module):
    """The homework: three convolutions, three poolings, three linear layers."""

    def __init__(self, rngs):
        self.conv1 = nn.Conv(1, 16, (5, 5), padding=2, rngs=rngs)
        self.conv2 = nn.Conv(16, 32, (3, 3), padding=1, rngs=rngs)
        self.conv3 = nn.Conv(32, 32, (3, 3), padding=1, rngs=rngs)
        self.fc1 = nn.Linear(288, 128, rngs=rngs)
        self.fc2 = nn.Linear(128, 64, rngs=rngs)
        self.fc3 = nn.Linear(64, 10, rngs=rngs)

    def __call__(self, x):  # (n, 28, 28, 1)
        x = nnx.relu(max_pool(self.conv1(x)))  # -> (n, 14, 14, 16)
        x = nnx.relu(max_pool(self.conv2(x)))  # -> (n, 7, 7, 32)
        x = nnx.relu(max_pool(self.conv3(x)))  # -> (n, 3, 3, 32): the last row and column fall off
        x = nnx.relu(self.fc1(x.reshape(len(x), -1)))  # -> (n, 288) -> (n, 128)
        return self.fc3(nnx.relu(self.fc2(x)))  # -> (n, 64) -> (n, 10)


NETS = {"lecture": Net, "deeper": DeeperNet}


@cache
def graphdef(model):
    """The net without its parameters."""
    return nnx.split(nnx.eval_shape(lambda: NETS[model](nnx.Rngs(0))), nnx.Param)[0]


@partial(jax.jit, static_argnames="model")
def init(key, model="lecture"):
    """A new net's parameters."""
    _, params = nnx.split(NETS[model](nnx.Rngs(key)), nnx.Param)
    return nnx.to_pure_dict(params)


def apply(params, x, model="lecture"):  # (n, 28, 28, 1) -> (n, 10)
    return nnx.merge(graphdef(model), params)(x)


def loss(params, batch, model="lecture"):
    """Cross-entropy, its mean over the batch; see lesson 9."""
    x, y = batch
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(apply(params, x, model), y))


def step(state, batch, model, optimizer):
    """One step on the batch: the next state, the loss before it."""
    value, gradient = jax.value_and_grad(loss)(state.params, batch, model)
    updates, opt_state = optimizer.update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


@cache  # the same objects for the same arguments, so that the step is compiled once for them
def make_step(model, learning_rate, momentum):
    optimizer = optax.sgd(learning_rate, momentum)
    return optimizer, partial(step, model=model, optimizer=optimizer)


def train(config, data, params=None, order=None, report=None, test=None, checkpoints=None):
    """`config.epochs` times through the examples, an epoch a compiled call, as in lesson 9.

    Args:
        order: the examples' order in every epoch, (epochs, n); None: drawn from `config.seed`.
        test: (x, y) on which the accuracy is taken after every epoch.

    Returns:
        The last parameters; the loss of every step, one row an epoch, and the test accuracies.
    """
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    params = init(init_key, config.model) if params is None else params
    optimizer, on_batch = make_step(config.model, config.learning_rate, config.momentum)
    state, history = fit(
        on_batch,
        TrainState.create(params, optimizer),
        jax.device_put(data),
        order_key if order is None else order,
        epochs=config.epochs,
        batch_size=config.batch_size,
        scan=True,
        evaluate=test and (lambda state: accuracy(apply, state.params, test, config.model)),
        report=report,
        checkpoints=checkpoints,
        shared=shared_step(loss, optimizer, config.model, at_once=AT_ONCE),  # a device for a core
    )
    return state.params, history


def result(config, params, history, data):
    return {"test accuracy": accuracy(apply, params, test_examples(config), config.model)}


def figures(config, params, history, data):
    """Loss and accuracy; what is confused; the kernels, and what they make of one image."""
    x, y = test_examples(config)
    p = jax.nn.softmax(logits(apply, params, x, config.model))
    figure, axes = plots.mosaic("ab;cd;ee;ff", height=6.7, heights=(3.2, 1.8, 1, 0.6))
    plots.learning(axes[0], f"{plots.say('loss and test accuracy')} ({config.data})", history)
    plots.confusion(axes[1], y, jnp.argmax(p, axis=1))
    plots.mistakes(axes[2], x, y, p, columns=4, rows=2)
    kernels = params["conv1"]["kernel"][:, :, 0].transpose(2, 0, 1)  # (out_channels, 5, 5)
    plots.pictures(axes[3], plots.say("kernels of conv1", "conv1 的卷积核"), kernels, columns=5)
    net, maps = nnx.merge(graphdef(config.model), params), x[:1]
    for axis, name in zip(axes[4:], ("conv1", "conv2"), strict=True):
        maps = nnx.relu(max_pool(getattr(net, name)(maps)))  # (1, h, w, channels)
        title, columns = plots.say(f"image 0 after {name}", f"{name} 之后的图像 0"), maps.shape[-1]
        plots.pictures(axis, title, maps[0].transpose(2, 0, 1), columns=columns)
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    optimizer, on_batch = make_step(config.model, config.learning_rate, config.momentum)
    return Program(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        init=partial(init, model=config.model),
        apply=partial(apply, model=config.model),
        loss=partial(loss, model=config.model),
        start=lambda params: TrainState.create(params, optimizer),
        params=lambda state: state.params,
        step=on_batch,
        optimizer=optimizer,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
        inputs=inputs,
    )


def main(config=Config()):
    data, test = examples(config), test_examples(config)
    _, history = train(config, data, test=test)
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, np.mean(losses), history["test_accuracy"][epoch])


if __name__ == "__main__":
    main()
