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
from jaxdl.train import TrainState
from lessons.l11_advanced_cnn import Config
from lessons.l11_advanced_cnn.functional import (
    ResidualBlock,
    examples,
    init,
    make_step,
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


def multiplications(side, *layers):  # of (in_channels, out_channels, size), size kept
    return sum(side**2 * inputs * outputs * size**2 for inputs, outputs, size in layers)


def inception(inputs):
    return (
        *((inputs, 16, 1), (inputs, 16, 1), (16, 24, 5), (inputs, 16, 1)),
        *((16, 24, 3), (24, 24, 3), (inputs, 24, 1)),
    )


@answer(
    "GoogLeNet takes longer: it needs three times the multiplications of the ResNet, and its step "
    "takes about three times as long. In ten epochs of MNIST, which take many minutes here, both "
    "get far; shown instead are 40 steps on the digits, with a larger learning rate and momentum "
    "0.9. There the ResNet is ahead.",
    "GoogLeNet 更费时间：它的乘法次数是 ResNet 的三倍，每一步的用时也大约是三倍。MNIST 训练十轮要"
    "许多分钟，这里改为在随课程附带的数字上走 40 步，用较大的学习率和动量 0.9。此时 ResNet 领先。",
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
    x, y = examples(Config())
    for model, count in counts.items():
        optimizer, on_batch = make_step(model, 0.02, 0.9)
        state = TrainState.create(init(jax.random.key(0), model), optimizer)
        run, losses = jax.jit(on_batch), []
        run(state, (x[:64], y[:64]))[1].block_until_ready()  # compiles
        begun = perf_counter()
        for step in range(40):
            rows = np.arange(64 * step, 64 * (step + 1)) % len(x)
            state, value = run(state, (x[rows], y[rows]))
            losses.append(float(value))
        seconds = (perf_counter() - begun) / 40
        print(
            f"{model:9} {count:,} multiplications an image, {1000 * seconds:.0f} ms a step, "
            f"mean loss of steps 36 to 40 {np.mean(losses[-5:]):.2f}"
        )


@answer(
    "With two blocks hardly: all three nets learn, the plain shortcut soonest. With twenty only "
    "the net with x itself on the shortcut leaves the start; the two others stay at log 10 = "
    "2.30. Scaled down: 8 channels, every second pixel, 80 steps on the digits, SGD with momentum "
    "0.9.",
    "两个块时不太重要：三个网络都能学，捷径上就是 x 的最快。二十个块时，只有捷径上就是 x 的网络离"
    "开了起点，另外两个停在 log 10 = 2.30。这里缩小了规模：8 个通道，隔一个取一个像素，在随课程附"
    "带的数字上走 80 步，带动量 0.9 的 SGD。",
)
def other_shortcuts():
    x, y = examples(Config())
    x = x[:, 2:26:2, 2:26:2]  # (n, 12, 12, 1)
    rows = np.random.default_rng(0).permutation(len(x))[: 80 * 16].reshape(80, 16)
    for depth in (2, 20):
        for Block in (ResidualBlock, HalvedBlock, ConvShortcutBlock):
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
            change = f"loss {losses[0]:.2f} -> {losses[-5:].mean():.2f}"
            print(f"{depth:2} blocks, {Block.__name__:17} {change}")


def stack_losses(graphdef, params, x, y, rows):
    """80 steps on a net of blocks of 8 channels; the loss before each."""
    optimizer = optax.sgd(0.03, 0.9)

    def on_block(x, block):
        return nnx.merge(graphdef, block)(x), None

    def loss(params, x, y):
        x = nnx.relu(x @ params["first"])
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
    "At the chapter's 8 about a quarter of all goes: 43,482 parameters are left of 56,706, since "
    "conv2 reads 24 channels in place of 48, and the transition costs 1,176. From a growth rate of "
    "4 to one of 32 conv2 grows to 4.5 times its size, with the channels that it reads; the blocks "
    "grow to 21 times theirs, because each of their convolutions gets more channels and makes "
    "more, and in the end they have most of the parameters. The transition helps where the layer "
    "behind a block is the large one; what the block itself costs it does not change.",
    "增长率取本章的 8 时，大约省下四分之一：56,706 个参数剩下 43,482 个，因为 conv2 读的不再是 48 "
    "个通道，而是 24 个，过渡层自己只用 1,176 个。增长率从 4 到 32，conv2 随它读的通道数增长到 4.5 "
    "倍；块增长到 21 倍，因为块里每个卷积读的通道和给出的通道都变多，最后大部分参数都在块里。块后面"
    "的那一层最大时，过渡层才有用；块本身的参数不会因它而变少。",
)
def growth_and_transition():
    def conv(inputs, outputs, size):
        return inputs * outputs * size**2 + outputs

    def block(inputs, growth):
        return sum(conv(inputs + growth * k, growth, 3) for k in range(4))

    for growth in (4, 8, 16, 32):
        wide = 16 + 4 * growth
        blocks = block(16, growth) + block(24, growth)
        rest = conv(1, 16, 5) + (24 + 4 * growth) * 4 * 4 * 10 + 10
        without, transition = conv(wide, 24, 5), conv(wide, wide // 2, 1)
        halved = transition + conv(wide // 2, 24, 5)
        print(
            f"growth rate {growth:2}: blocks {blocks:6}, conv2 {without:5}, all "
            f"{blocks + rest + without:6}; with a transition of {transition:5}: "
            f"{blocks + rest + halved:6}"
        )


@answer(
    "All of it, to the power of ten. Under PyTorch's rule each plain block passes on less than it "
    "got, and the gradient of the first of twenty is many powers of ten shorter than the last "
    "one's. He's bound is √6 times as large, so that a ReLU's half that is thrown away is made up "
    "for, and the size stays the same from layer to layer.",
    "从数量级看，全部传到了。按 PyTorch 的规则，每个普通块传下去的都比得到的少，二十块中第一块的梯"
    "度比最后一块小许多个数量级。He 的界是它的 √6 倍，正好补上 ReLU 丢掉的那一半，各层的大小保持不"
    "变。",
)
def initial_kernels():
    random = np.random.default_rng(0)
    image, target = random.normal(size=(2, 4, 12, 12, 16)).astype("float32")

    def plain(x, block):
        for kernel, bias in zip(*block, strict=True):
            x = nnx.relu(ops.conv(x, kernel, bias, padding=((1, 1), (1, 1))))
        return x, None

    def loss(blocks):
        return jnp.mean((jax.lax.scan(plain, image, blocks)[0] - target) ** 2)

    fan_in = 9 * 16
    biases = random.uniform(-(fan_in**-0.5), fan_in**-0.5, (20, 2, 16)).astype("float32")
    gradient = jax.jit(jax.grad(loss))
    for name, bound in (("PyTorch's", fan_in**-0.5), ("He's", (6 / fan_in) ** 0.5)):
        kernels = random.uniform(-bound, bound, (20, 2, 3, 3, 16, 16)).astype("float32")
        slopes = np.asarray(gradient((kernels, biases))[0], "float64")
        lengths = np.sqrt(np.sum(np.square(slopes), axis=(1, 2, 3, 4, 5)))
        powers = [round(float(np.log10(lengths[k - 1] / lengths[-1]))) for k in (20, 10, 1)]
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
