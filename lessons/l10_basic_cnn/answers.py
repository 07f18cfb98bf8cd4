"""Answers to the questions that the chapter ends with, in its order."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import ops
from jaxdl.course.exercises import answer
from jaxdl.data import DataError
from jaxdl.train import TrainState, scan_epoch
from lessons.l10_basic_cnn import LESSON, Config
from lessons.l10_basic_cnn.functional import (
    examples,
    init,
    max_pool,
    test_examples,
    train,
)

QUICK = Config(**LESSON.quick)


def average_pool(x):
    return ops.avg_pool(x, (2, 2), strides=(2, 2))


def pool_by_reshape(x):
    n, h, w, c = x.shape
    return x.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))


def forward(params, x, bend=jax.nn.relu, pool=max_pool):
    """The lecture's net, with another bend or another pooling."""
    for name in ("conv1", "conv2"):
        x = bend(pool(ops.conv(x, **params[name])))
    return x.reshape(len(x), -1) @ params["fc"]["kernel"] + params["fc"]["bias"][None, :]


@answer(
    "Only a little. What is shown is how far each weight differs from the one below it, in "
    "lengths of the kernel, before and after training: a smooth edge would have a small number, "
    "noise has 1.27. The digits take ten epochs to come to about 1.04, one epoch of MNIST comes "
    "as far. Ten epochs of MNIST take minutes: `--plot` shows them. Where MNIST is not there, "
    "only the digits are shown.",
    "只像了一点。这里显示的是每个权重与它下方的权重相差多少（以卷积核的长度为单位），训练前和训练"
    "后：平滑的边缘这个数小，噪声是 1.27。随课程附带的数字训练十轮后约为 1.04，MNIST 一轮也差不"
    "多。MNIST 十轮要好几分钟，可以用 `--plot` 看。没有 MNIST 时只显示前者。",
)
def more_like_edges():
    for config in (QUICK, Config(data="mnist", epochs=1)):
        try:
            data = examples(config)
        except DataError:
            print("mnist: not on this machine; `jaxdl data list` says how to get it")
            continue
        start = init(jax.random.key(0))
        trained, _ = train(config, data, start)
        found = []
        for params in (start, trained):
            kernels = np.array(params["conv1"]["kernel"])
            steps = np.linalg.norm(np.diff(kernels, axis=0)) / np.linalg.norm(kernels)
            found.append(f"{steps:.2f}")
        print(f"{config.data}, {config.epochs} epochs: neighbouring weights differ by", *found)


@answer(
    "Only the one with average pooling and without ReLU: its answer to the middle of two pictures "
    "is the middle of its answers. Max-pooling alone still bends. On these digits, after 5 "
    "epochs, hardly anything is lost by it: ten digits this clean can be told apart by a linear "
    "function, and all three are within a few hundredths.",
    "只有去掉 ReLU 又用平均池化的那个：对两张图的中点，它的回答正好是两个回答的中点。只有最大池化"
    "时仍然不是线性的。在这些数字上，训练 5 轮之后几乎没有损失：这么干净的十个数字，用线性函数就能"
    "分开，三者只差百分之几。",
)
def without_bends():
    data, (x, y) = examples(QUICK), test_examples(QUICK)
    a, b = x[:1], x[1:2]
    for name, bend, pool in (
        ("ReLU, max-pooling", jax.nn.relu, max_pool),
        ("max-pooling alone", lambda maps: maps, max_pool),
        ("average pooling alone", lambda maps: maps, average_pool),
    ):
        apply = jax.jit(partial(forward, bend=bend, pool=pool))
        params = trained_by_sgd(apply, init(jax.random.key(0)), data, epochs=5)
        bent = apply(params, (a + b) / 2) - (apply(params, a) + apply(params, b)) / 2
        right = float(jnp.mean(jnp.argmax(apply(params, x), axis=1) == y))
        linear = bool(jnp.abs(bent).max() < 1e-4)
        print(f"{name:22} linear: {linear!s:5}  test accuracy {right:.3f}")


def trained_by_sgd(apply, params, data, epochs, learning_rate=0.1, momentum=0.5):
    optimizer = optax.sgd(learning_rate, momentum)

    def loss(params, batch):
        logits = apply(params, batch[0])
        return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, batch[1]))

    def step(state, batch):
        value, gradient = jax.value_and_grad(loss)(state.params, batch)
        updates, opt_state = optimizer.update(gradient, state.opt_state)
        params = optax.apply_updates(state.params, updates)
        return TrainState(params, opt_state, state.step + 1), value

    state, data = TrainState.create(params, optimizer), jax.device_put(data)
    run = jax.jit(lambda state, order: scan_epoch(step, state, data, order, 64)[0])
    for epoch in range(epochs):
        order = np.random.default_rng(epoch).permutation(len(data[0]))[: 22 * 64]
        state = run(state, order)
    return state.params


@answer(
    "No. The outputs are equal, and so are the gradients of all kernels but for the last digit: "
    "the windows with several largest pixels lie on a background of one colour, where it makes no "
    "difference to a kernel which of the places its gradient comes from. The two would differ "
    "where unequal windows have equal largest pixels. Shown is the gradient for 16 digits in "
    "float64.",
    "不能。输出相等，所有卷积核的梯度除了末位之外也相等：有多个最大像素的窗口都在单色的背景上，梯"
    "度来自哪个位置，对卷积核没有区别。只有各位置看到的内容不同、最大值却相等时，两者才会有差别。"
    "这里显示的是 16 个数字在 float64 下的梯度。",
)
def maximum_by_reshape():
    pictures, y = (column[:16] for column in examples(QUICK))
    with jax.enable_x64():
        params = jax.tree.map(lambda leaf: np.asarray(leaf, "float64"), init(jax.random.key(0)))

        def loss(params, pool):
            logits = forward(params, pictures.astype("float64"), pool=pool)
            return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, y))

        ours, shared = (
            jax.jit(jax.grad(partial(loss, pool=pool)))(params)
            for pool in (max_pool, pool_by_reshape)
        )
        for name in params:
            a, b = ours[name]["kernel"], shared[name]["kernel"]
            apart = float(jnp.abs(a - b).max() / jnp.abs(a).max())
            print(f"{name}: the kernel's gradients differ by {apart:.0e} of the largest")


@answer(
    "In float32 by about as much as the losses themselves; in float64 the difference grows as "
    "well, but begins so small that it stays below 1e-8. Average pooling parts, too, though less "
    "here: its net still has ReLUs, and two runs that differ at all move away from each other "
    "wherever training is unsteady. Scaled down to pictures of 14 × 14 pixels and small layers; "
    "with average pooling a smaller learning rate, since the larger one kills that net.",
    "在 float32 下，相差到了与损失本身差不多的程度；在 float64 下差别也在增长，但起点极小，始终小"
    "于 1e-8。换成平均池化也会分开，只是这里分得少些：网络里还有 ReLU，而且只要训练不平稳，两次有"
    "一点点差别的训练就会越走越远。这里缩小为 14 × 14 像素的图片和较小的层；平均池化用了较小的学习"
    "率，因为大的学习率会让那个网络死掉。",
)
def two_runs_of_one_program():
    x, y = examples(QUICK)
    x = x[:, ::2, ::2]  # (n, 14, 14, 1)
    orders = [np.random.default_rng(epoch).permutation(len(x))[: 23 * 62] for epoch in range(6)]
    rows = np.concatenate(orders)[: 115 * 64].reshape(115, 64)
    for dtype, pool, rate in (
        ("float32", max_pool, 0.2),
        ("float64", max_pool, 0.2),
        ("float32", average_pool, 0.05),
    ):
        with jax.enable_x64(dtype == "float64"):
            run = jax.jit(partial(small_losses, pool=pool, learning_rate=rate))
            params = small_params(dtype)
            forwards, backwards = (
                np.array(run(params, x.astype(dtype), y, picked))
                for picked in (rows, rows[:, ::-1])
            )
            apart = np.abs(forwards - backwards)
            shown = [f"{k}: {apart[:k].max():.0e}" for k in (1, 30, 60, 115)]
            print(dtype, pool.__name__, "losses apart by step", shown)


def small_params(dtype):
    draw = np.random.default_rng(0).uniform
    shapes = {"conv1": (3, 3, 1, 8), "conv2": (3, 3, 8, 16)}
    shapes |= {"fc1": (64, 64), "fc2": (64, 32), "fc3": (32, 10)}
    bounds = {name: np.prod(shape[:-1]) ** -0.5 for name, shape in shapes.items()}
    return {n: draw(-bounds[n], bounds[n], shape).astype(dtype) for n, shape in shapes.items()}


def small_losses(params, x, y, rows, pool, learning_rate):
    """115 steps with momentum on a net of two convolutions and three linear layers."""
    optimizer = optax.sgd(learning_rate, 0.9)

    def loss(params, x, y):
        for name in ("conv1", "conv2"):
            x = jax.nn.relu(pool(ops.conv(x, params[name])))
        x = x.reshape(len(x), -1)  # (n, 64)
        x = jax.nn.relu(jax.nn.relu(x @ params["fc1"]) @ params["fc2"])
        logits = x @ params["fc3"]
        return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, y))

    def step(carry, picked):
        params, state = carry
        value, gradient = jax.value_and_grad(loss)(params, x[picked], y[picked])
        updates, state = optimizer.update(gradient, state)
        return (optax.apply_updates(params, updates), state), value

    return jax.lax.scan(step, (params, optimizer.init(params)), rows)[1]


@answer(
    "In its fourth epoch, after about 70 steps. Until then the loss is log 10 = 2.30 or just "
    "below; two epochs later most digits are read, and after eight nine of ten. With momentum 0.9 "
    "a step becomes up to ten times as long, so this is about the plain learning rate 0.2.",
    "在第四轮，大约 70 步之后。在那之前，损失一直是 log 10 = 2.30 或略低；再过两轮，大多数数字都认"
    "得了，八轮之后十个认得九个。动量 0.9 使步长最多变成十倍，所以大致相当于没有动量时的学习率 "
    "0.2。",
)
def off_the_plateau():
    config = replace(QUICK, model="deeper", learning_rate=0.02, momentum=0.9, epochs=8)
    _, history = train(config, examples(config), test=test_examples(config))
    for epoch in (0, 1, 2, 3, 4, 5, 7):
        losses, right = history["loss"][epoch], history["test_accuracy"][epoch]
        print(f"epoch {epoch}: mean loss {np.mean(losses):.2f}, test accuracy {right:.2f}")


@answer(
    "A pixel is then three neighbours of one row of one channel, read as if they were red, green "
    "and blue. reshape keeps the numbers in the order in which they lie and only names them anew; "
    "transpose moves the axes. Below, a number says channel, row and column (100s, 10s, 1s).",
    "一个“像素”成了同一通道、同一行里相邻的三个数，却被当作红、绿、蓝来读。reshape 不改变数的先"
    "后，只是重新命名；移动轴要用 transpose。下面的每个数依次表示通道、行、列（百位、十位、个"
    "位）。",
)
def colours_by_reshape():
    channel, row, column = np.indices((3, 4, 6)) + 1
    nchw = (100 * channel + 10 * row + column)[None]
    print("transposed: the pixel in row 1, column 1:", nchw.transpose(0, 2, 3, 1)[0, 0, 0])
    print("reshaped:   the pixel in row 1, column 1:", nchw.reshape(1, 4, 6, 3)[0, 0, 0])
