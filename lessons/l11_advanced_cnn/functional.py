"""Nets that are no longer a row of layers: branches side by side (GoogLeNet), shortcuts (ResNet).

What repeats becomes a module: `InceptionA` and `ResidualBlock` are written once and used twice; so
is `DenseBlock`, of the homework, whose shortcuts lie side by side.
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
from lessons.l11_advanced_cnn import AT_ONCE, LAYERS, Config, final_size, image_shape


def inputs(images):  # (n, 28, 28) or (n, 32, 32, 3) of 0 to 255 -> (n, height, width, channels)
    x = (images.astype(np.float32) / 255 - 0.1307) / 0.3081
    return x if x.ndim == 4 else x[..., None]


def examples(config):  # -> x (n, height, width, channels), y (n,) of 0 to 9
    split = load(config.data).train
    return inputs(split.x), split.y


def test_examples(config):
    """Images that no step sees."""
    split = load(config.data).test
    return inputs(split.x), split.y


max_pool = partial(ops.max_pool, window_shape=(2, 2), strides=(2, 2))


class InceptionA(nnx.Module):
    """Four branches over the same image, side by side in the channels: 16 + 24 + 24 + 24 = 88."""

    def __init__(self, in_channels, rngs):
        self.branch1x1 = nn.Conv(in_channels, 16, (1, 1), rngs=rngs)
        self.branch5x5_1 = nn.Conv(in_channels, 16, (1, 1), rngs=rngs)
        self.branch5x5_2 = nn.Conv(16, 24, (5, 5), padding=2, rngs=rngs)
        self.branch3x3_1 = nn.Conv(in_channels, 16, (1, 1), rngs=rngs)
        self.branch3x3_2 = nn.Conv(16, 24, (3, 3), padding=1, rngs=rngs)
        self.branch3x3_3 = nn.Conv(24, 24, (3, 3), padding=1, rngs=rngs)
        self.branchpool = nn.Conv(in_channels, 24, (1, 1), rngs=rngs)

    def __call__(self, x):  # (n, h, w, in_channels) -> (n, h, w, 88)
        branch5x5 = self.branch5x5_2(self.branch5x5_1(x))
        branch3x3 = self.branch3x3_3(self.branch3x3_2(self.branch3x3_1(x)))
        # The mean of 9 pixels; at the border some of them are padding, which PyTorch counts, too.
        branchpool = self.branchpool(ops.avg_pool(x, (3, 3), strides=(1, 1), padding="SAME"))
        return jnp.concatenate([self.branch1x1(x), branch5x5, branch3x3, branchpool], axis=-1)


class ResidualBlock(nnx.Module):
    """relu(x + f(x)): what the two convolutions learn is the difference from doing nothing."""

    def __init__(self, channels, rngs):
        self.conv1 = nn.Conv(channels, channels, (3, 3), padding=1, rngs=rngs)
        self.conv2 = nn.Conv(channels, channels, (3, 3), padding=1, rngs=rngs)

    def __call__(self, x):  # (n, h, w, channels) -> the same
        return nnx.relu(x + self.conv2(nnx.relu(self.conv1(x))))


class DenseBlock(nnx.Module):
    """Each convolution sees the input and what all before it have found, and adds 8 channels."""

    def __init__(self, channels, rngs):
        widths = [channels + 8 * i for i in LAYERS]
        self.convs = nnx.List(nn.Conv(n, 8, (3, 3), padding=1, rngs=rngs) for n in widths)

    def __call__(self, x):  # (n, h, w, channels) -> (n, h, w, channels + 32)
        for conv in self.convs:
            x = jnp.concatenate([x, conv(nnx.relu(x))], axis=-1)
        return x


class GoogLeNet(nnx.Module):
    """Two convolutions, an inception after each."""

    def __init__(self, shape, rngs):
        self.conv1 = nn.Conv(shape[-1], 10, (5, 5), padding="VALID", rngs=rngs)
        self.conv2 = nn.Conv(88, 20, (5, 5), padding="VALID", rngs=rngs)
        self.incep1 = InceptionA(10, rngs)
        self.incep2 = InceptionA(20, rngs)
        self.fc = nn.Linear(88 * final_size(shape[0]) ** 2, 10, rngs=rngs)

    def __call__(self, x):  # (n, 28, 28, 1)
        x = self.incep1(nnx.relu(max_pool(self.conv1(x))))  # -> (n, 12, 12, 10) -> (n, 12, 12, 88)
        x = self.incep2(nnx.relu(max_pool(self.conv2(x))))  # -> (n, 4, 4, 20) -> (n, 4, 4, 88)
        return self.fc(x.reshape(len(x), -1))  # -> (n, 1408) -> (n, 10)


class ResNet(nnx.Module):
    """Two convolutions, a residual block after each."""

    def __init__(self, shape, rngs):
        self.conv1 = nn.Conv(shape[-1], 16, (5, 5), padding="VALID", rngs=rngs)
        self.conv2 = nn.Conv(16, 32, (5, 5), padding="VALID", rngs=rngs)
        self.rblock1 = ResidualBlock(16, rngs)
        self.rblock2 = ResidualBlock(32, rngs)
        self.fc = nn.Linear(32 * final_size(shape[0]) ** 2, 10, rngs=rngs)

    def __call__(self, x):  # (n, 28, 28, 1)
        x = self.rblock1(max_pool(nnx.relu(self.conv1(x))))  # -> (n, 12, 12, 16)
        x = self.rblock2(max_pool(nnx.relu(self.conv2(x))))  # -> (n, 4, 4, 32)
        return self.fc(x.reshape(len(x), -1))  # -> (n, 512) -> (n, 10)


class DenseNet(nnx.Module):
    """Two convolutions, a dense block after each."""

    def __init__(self, shape, rngs):
        self.conv1 = nn.Conv(shape[-1], 16, (5, 5), padding="VALID", rngs=rngs)
        self.conv2 = nn.Conv(48, 24, (5, 5), padding="VALID", rngs=rngs)
        self.dense1 = DenseBlock(16, rngs)
        self.dense2 = DenseBlock(24, rngs)
        self.fc = nn.Linear(56 * final_size(shape[0]) ** 2, 10, rngs=rngs)

    def __call__(self, x):  # (n, 28, 28, 1)
        x = self.dense1(max_pool(self.conv1(x)))  # -> (n, 12, 12, 48)
        x = self.dense2(max_pool(self.conv2(nnx.relu(x))))  # -> (n, 4, 4, 56)
        return self.fc(nnx.relu(x).reshape(len(x), -1))  # -> (n, 896) -> (n, 10)


NETS = {"googlenet": GoogLeNet, "resnet": ResNet, "densenet": DenseNet}


@cache
def graphdef(model, shape):
    """The net for images of that shape, without its parameters."""
    return nnx.split(nnx.eval_shape(lambda: NETS[model](shape, nnx.Rngs(0))), nnx.Param)[0]


@partial(jax.jit, static_argnames=("model", "shape"))
def init(key, model="googlenet", shape=(28, 28, 1)):
    """A new net's parameters, for images of that shape."""
    return nnx.to_pure_dict(nnx.state(NETS[model](shape, nnx.Rngs(key)), nnx.Param))


def apply(params, x, model="googlenet"):  # (n, 28, 28, 1) -> (n, 10)
    return nnx.merge(graphdef(model, x.shape[1:]), params)(x)


def loss(params, batch, model="googlenet"):
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
    """`config.epochs` times through the examples; arguments and result as in lesson 10."""
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    params = init(init_key, config.model, image_shape(config)) if params is None else params
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
    """Loss and accuracy; which classes are confused; the mistakes the net is surest of."""
    x, y = test_examples(config)
    z = logits(apply, params, x, config.model)
    return plots.classifier(f"{config.model}, {config.data}", history, x, y, z)


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    optimizer, on_batch = make_step(config.model, config.learning_rate, config.momentum)
    return Program(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        init=partial(init, model=config.model, shape=image_shape(config)),
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
    _, history = train(config, examples(config), test=test_examples(config))
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, np.mean(losses), history["test_accuracy"][epoch])


if __name__ == "__main__":
    main()
