"""Answers to the questions that the chapter ends with, in its order."""

from functools import partial
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl import nn, ops
from jaxdl.course.exercises import answer
from lessons.l11_advanced_cnn import Config
from lessons.l11_advanced_cnn.functional import (
    ResidualBlock,
    examples,
    test_examples,
    train,
)


class HalvedBlock(ResidualBlock):
    """relu(x/2 + f(x)/2)."""

    def __call__(self, x):
        return nnx.relu(0.5 * x + 0.5 * self.conv2(nnx.relu(self.conv1(x))))


class ConvShortcutBlock(ResidualBlock):
    """relu(g(x) + f(x)), where g is a 1×1 convolution."""

    def __init__(self, channels, rngs):
        super().__init__(channels, rngs)
        self.shortcut = nn.Conv(channels, channels, (1, 1), rngs=rngs)

    def __call__(self, x):
        return nnx.relu(self.shortcut(x) + self.conv2(nnx.relu(self.conv1(x))))


class PlainBlock(ResidualBlock):
    """The block without its shortcut."""

    def __call__(self, x):
        return nnx.relu(self.conv2(nnx.relu(self.conv1(x))))


def multiplications(side, *layers):  # of (in_channels, out_channels, size), size kept
    return sum(side**2 * inputs * outputs * size**2 for inputs, outputs, size in layers)


def inception(inputs):
    return (
        *((inputs, 16, 1), (inputs, 16, 1), (16, 24, 5), (inputs, 16, 1)),
        *((16, 24, 3), (24, 24, 3), (inputs, 24, 1)),
    )


@answer(
    "NETS",
    "网络",
)
def the_two_nets():
    counts = {
        "googlenet": multiplications(24, (1, 10, 5))
        + multiplications(12, *inception(10))
        + multiplications(8, (88, 20, 5))
        + multiplications(4, *inception(20)),
        "resnet": multiplications(24, (1, 16, 5))
        + multiplications(12, (16, 16, 3), (16, 16, 3))
        + multiplications(8, (16, 32, 5))
        + multiplications(4, (32, 32, 3), (32, 32, 3)),
    }
    data, test = examples(Config()), test_examples(Config())
    for model, count in counts.items():
        config = Config(model=model, learning_rate=0.02, momentum=0.9, epochs=1)
        print(f"{model:9} {count:,} multiplications an image")
        train(config, data)  # compiles
        begun = perf_counter()
        _, history = train(config, data, test=test)
        print(
            f"          test accuracy {history['test_accuracy'][-1]:.2f}, "
            f"{perf_counter() - begun:.1f} s"
        )


@answer(
    "BLOCKS",
    "块",
)
def other_shortcuts():
    x, y = examples(Config())
    x = x[:, 2:26:2, 2:26:2]  # (n, 12, 12, 1)
    rows = np.random.default_rng(0).permutation(len(x))[: 40 * 32].reshape(40, 32)
    for depth in (2, 20):
        for Block in (PlainBlock, ResidualBlock, HalvedBlock, ConvShortcutBlock):
            graphdef = nnx.split(nnx.eval_shape(lambda B=Block: B(8, nnx.Rngs(0))), nnx.Param)[0]
            blocks = [
                nnx.to_pure_dict(nnx.split(Block(8, nnx.Rngs(k)), nnx.Param)[1])
                for k in range(depth)
            ]
            draw = np.random.default_rng(0).uniform
            params = {
                "first": draw(-0.3, 0.3, (1, 8)).astype("float32"),
                "blocks": jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks),
                "fc": draw(-0.03, 0.03, (1152, 10)).astype("float32"),
            }
            losses = jax.jit(partial(stack_losses, graphdef))(params, x, y, rows)
            print(
                f"{depth:2} blocks, {Block.__name__:17} loss {losses[0]:.2f} -> {losses[-5:].mean():.2f}"
            )


def stack_losses(graphdef, params, x, y, rows):
    """40 steps on a net of blocks of 8 channels; the loss before each."""
    optimizer = optax.sgd(0.01, 0.9)

    def loss(params, x, y):
        x = nnx.relu(x @ params["first"])
        on_block = lambda x, block: (nnx.merge(graphdef, block)(x), None)
        x, _ = jax.lax.scan(on_block, x, params["blocks"])
        logits = x.reshape(len(x), -1) @ params["fc"]
        return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, y))

    def step(carry, picked):
        params, state = carry
        value, gradient = jax.value_and_grad(loss)(params, x[picked], y[picked])
        updates, state = optimizer.update(gradient, state)
        return (optax.apply_updates(params, updates), state), value

    return jax.lax.scan(step, (params, optimizer.init(params)), rows)[1]


@answer(
    "Each convolution adds 8 channels to all that was there: 16, 24, 32, 40, and 48 leave the "
    "block of four. So the next layer takes 48 channels; DenseNet puts a 1×1 convolution there, "
    "which halves them.",
    "每个卷积在原有通道之外再添 8 个：16、24、32、40，四个卷积之后出来 48 个通道。所以下一层的输入"
    "是 48 个通道；DenseNet 在这里放一个 1×1 卷积，把通道减半。",
)
def dense_block():
    def dense(x, count=4):
        for _ in range(count):
            new = nn.Conv(x.shape[-1], 8, (3, 3), padding=1, rngs=nnx.Rngs(0))(x)
            x = jnp.concatenate([x, nnx.relu(new)], axis=-1)
        return x

    x = jax.ShapeDtypeStruct((64, 12, 12, 16), jnp.float32)
    for count in range(1, 5):
        print(f"{count} convolutions:", jax.eval_shape(partial(dense, count=count), x).shape)

    def next_layer(x):
        return nn.Conv(48, 24, (1, 1), rngs=nnx.Rngs(0))(dense(x))

    print("and the next layer:", jax.eval_shape(next_layer, x).shape)


@answer(
    "HE",
    "HE",
)
def initial_kernels():
    random = np.random.default_rng(0)
    image, target = random.normal(size=(2, 4, 12, 12, 16)).astype("float32")

    def loss(kernels):  # (20, 2, 3, 3, 16, 16)
        x, _ = jax.lax.scan(lambda x, pair: (plain(x, pair), None), image, kernels)
        return jnp.mean((x - target) ** 2)

    def plain(x, pair):
        for kernel in pair:
            x = nnx.relu(ops.conv(x, kernel, padding=((1, 1), (1, 1))))
        return x

    gradient = jax.jit(jax.grad(loss))
    fan_in = 9 * 16
    for name, bound in (("PyTorch's", fan_in**-0.5), ("He's", (6 / fan_in) ** 0.5)):
        kernels = random.uniform(-bound, bound, (20, 2, 3, 3, 16, 16)).astype("float32")
        lengths = np.sqrt(np.sum(np.square(gradient(kernels)), axis=(1, 2, 3, 4, 5)))
        powers = [f"{np.log10(lengths[block - 1] / lengths[-1]):.0f}" for block in (20, 10, 1)]
        print(f"{name:9} rule: gradient of block 20, 10, 1 in powers of ten {powers}")


@answer(
    "The shape of x: f's one channel is broadcast to all 16, and all of them get the same number "
    "added. Nothing complains, since a length of 1 fits every length. A check of the shape behind "
    "the block does not see it either; one that compares f(x) with x before the sum does.",
    "与 x 的形状相同：f 的那一个通道被广播到全部 16 个，每个通道都加上了同一个数。不会报错，因为长"
    "度 1 与任何长度都相容。检查块之后的形状也看不出来；要在相加之前比较 f(x) 与 x 的形状。",
)
def one_channel():
    def f(x):
        conv1 = nn.Conv(16, 16, (3, 3), padding=1, rngs=nnx.Rngs(0))
        conv2 = nn.Conv(16, 1, (3, 3), padding=1, rngs=nnx.Rngs(1))
        return conv2(nnx.relu(conv1(x)))

    x = jax.ShapeDtypeStruct((64, 12, 12, 16), jnp.float32)
    behind = jax.eval_shape(lambda x: nnx.relu(x + f(x)), x)
    print("behind the block:", behind.shape, "as x:", behind.shape == x.shape)
    inside = jax.eval_shape(f, x)
    print("f(x):            ", inside.shape, "as x:", inside.shape == x.shape)
