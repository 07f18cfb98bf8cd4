"""Answers to the questions that the chapter ends with, in its order.

Where they train, it is a smaller net, two layers of which the first is normalised, on the digits
for a few epochs, so that each takes seconds.
"""

from dataclasses import replace
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl._torch import has_torch, import_torch
from jaxdl.course.exercises import answer
from jaxdl.course.start import torch_draws
from lessons.l17_state_and_randomness import LESSON, Config, functional

EPOCHS, HIDDEN = 6, 64


@cache
def digits():
    """Training and test set, (n, 784): every second pixel of every second row, (n, 196)."""
    sets = functional.examples(Config()), functional.test_examples(Config())
    return [(x[:, ::2, ::2, 0].reshape(len(x), -1), np.asarray(y, "int32")) for x, y in sets]


def apply(params, x, stats, keep):
    """Linear, normalised by what is given, ReLU, dropout by a mask already divided, linear."""
    mean, var = stats
    x = (x @ params["in"] - mean) / jnp.sqrt(var + 1e-5)
    return (jnp.maximum(x, 0) * keep) @ params["out"]


@jax.jit
def trained(params, x, y, dropout, normed, keys):
    """SGD over batches (steps, n, …): parameters, running statistics, the losses."""
    kept = jnp.zeros((1, HIDDEN)), jnp.ones((1, HIDDEN))

    def loss(params, stats, x, y, key):
        h = x @ params["in"]
        own = jnp.mean(h, axis=0, keepdims=True), jnp.var(h, axis=0, keepdims=True)
        used = [
            jnp.where(normed, of_batch, fixed) for of_batch, fixed in zip(own, kept, strict=True)
        ]
        keep = jax.random.bernoulli(key, 1 - dropout, (len(x), HIDDEN))
        keep = jnp.where(keep, 1 / (1 - dropout), 0.0)
        new = jax.tree.map(lambda a, b: jnp.where(normed, 0.9 * a + 0.1 * b, a), stats, own)
        losses = optax.softmax_cross_entropy_with_integer_labels(apply(params, x, used, keep), y)
        return jnp.mean(losses), new

    def step(carry, batch):
        params, stats = carry
        (value, stats), slope = jax.value_and_grad(loss, has_aux=True)(params, stats, *batch)
        return (jax.tree.map(lambda p, g: p - 0.1 * g, params, slope), stats), value

    return jax.lax.scan(step, (params, kept), (x, y, keys))


def learnt(dropout=0.0, batch_size=64, normed=True, epochs=EPOCHS):
    """The losses, and what the net gets right of the test set."""
    (x, y), (test_x, test_y) = digits()
    rng, steps = np.random.default_rng(0), len(x) // batch_size
    rows = np.concatenate([rng.permutation(len(x))[: steps * batch_size] for _ in range(epochs)])
    rows = rows.reshape(-1, batch_size)
    draw = [rng.normal(size=shape).astype("float32") for shape in ((196, HIDDEN), (HIDDEN, 10))]
    params = {"in": draw[0] / 14, "out": draw[1] / 8}
    keys = jax.random.split(jax.random.key(0), len(rows))
    with jax.numpy_rank_promotion("allow"):
        (params, stats), losses = trained(params, x[rows], y[rows], dropout, normed, keys)
        found = np.asarray(apply(params, test_x, stats, 1.0))
    return np.asarray(losses), np.mean(found.argmax(axis=1) == test_y)


@answer(
    "Without dropout the loss falls fastest, and with 0.9 by far the slowest: a tenth of the "
    "units learns at a time, and the loss is that of a net of which nine tenths are missing. In "
    "the end 0 and 0.5 are as good as each other on the test set here, and 0.9 is behind. (A net "
    "of two layers; the lesson's own takes longer.)",
    "没有 dropout 时损失降得最快，0.9 时慢得多：每次只有十分之一的单元在学，而且损失是缺了九成单元"
    "的网络的。最后，0 和 0.5 在测试集上一样好，0.9 落在后面。（这里是两层的网络；这一课自己的网络"
    "要久一些。）",
)
def rates_of_dropout():
    for dropout in (0.0, 0.5, 0.9):
        for epochs in (1, 12):
            losses, right = learnt(dropout, epochs=epochs)
            last = losses[-22:].mean()
            print(f"dropout {dropout}, {epochs:2} epochs: loss {last:.2f}, test {right:.1%}")


@answer(
    "With batches of 64 the normalised net is ahead; with batches of 4 it is not any more. Both "
    "take sixteen times as many steps then, which the one without normalisation turns into a "
    "better net, while the other is held back by averages of four pictures: in training each "
    "picture is judged by the three that happen to be beside it, and the averages that are kept, "
    "a tenth of the last four pictures, are unsteady. (Three epochs of a net of two layers.)",
    "批次为 64 时，有归一化的网络领先；批次为 4 时就不是了。这时两者走的步数都是十六倍，没有归一化"
    "的网络因此变好，另一个却受四张图片的平均值拖累：训练时每张图片的结果取决于碰巧在旁边的三张，"
    "记下来的平均值也不稳，因为最近四张就占了十分之一。（两层的网络，三轮。）",
)
def batches_of_four():
    for normed in (True, False):
        for size in (64, 4):
            _, right = learnt(batch_size=size, normed=normed, epochs=3)
            print(f"{'normalised' if normed else 'not':10} batches of {size:2}: test {right:.1%}")


@answer(
    "The gradient does: compare looks at all numbers that a net is made of, and the running means "
    "and variances have a gradient of their own then, where PyTorch's buffers have none. Training "
    "takes the gradient by the weights alone, its first argument, and in training mode the "
    "running averages are not in the loss at all. (Computed here in evaluation, of eight "
    "pictures.)",
    "是梯度那几行：compare 看的是组成网络的所有数，这时滑动均值和方差有了自己的梯度，而 PyTorch 的"
    "缓冲区没有。训练只对第一个参数 weights 求梯度，而且训练模式下损失里根本没有滑动平均。（这里用"
    "八张图片在评估模式下计算。）",
)
def without_stop_gradient():
    params = functional.init(jax.random.key(0))
    x, y = (column[:8] for column in functional.examples(Config()))

    def unstopped(params):
        net = nnx.merge(functional.graphdef(0.5, False), params)
        return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(net(x), y))

    slopes = (
        jax.jit(jax.grad(functional.loss))(params, (x, y)),
        jax.jit(jax.grad(unstopped))(params),
    )
    for layer, name in (("bn1", "scale"), ("bn1", "mean"), ("bn1", "var")):
        largest = [float(abs(slope[layer][name]).max()) for slope in slopes]
        print(f"gradient by {layer}.{name:6}: {largest[0]:.1e} as it is, {largest[1]:.1e} without")


@answer(
    "The count, and the key that it is folded into, are variables of the net, beside the weights: "
    "an nnx.split has them as their own kind. step has to return them with the new statistics, or "
    "the next step draws the same masks again.",
    "计数和它要折进去的 key 成了网络的变量，与权重并列：nnx.split 会把它们单独分成一类。step 必须"
    "把它们连同新的统计量一起返回，否则下一步抽到的还是同样的掩码。",
)
def a_net_that_counts():
    dropout = nnx.Dropout(0.5, rngs=nnx.Rngs(dropout=0))
    graphdef, state = nnx.split(dropout)
    print(
        "its variables:",
        [
            type(v).__name__
            for v in jax.tree.leaves(state, is_leaf=lambda v: isinstance(v, nnx.Variable))
        ],
    )

    @jax.jit
    def step(state):
        net = nnx.merge(graphdef, state)
        return net(jnp.ones(8)), nnx.split(net)[1]

    first, new = step(state)
    print("old state again, same mask:", bool(jnp.array_equal(step(state)[0], first)))
    print("returned state, same mask:", bool(jnp.array_equal(step(new)[0], first)))


@answer(
    "From the second epoch on, in its first step: the test after the first epoch has called "
    "eval(), and nobody calls train() again. The net then drops nothing and takes its kept "
    "statistics; the loss becomes smaller, as if training had got better, and the statistics "
    "never move again. (A small net of the same layers, three steps an epoch.)",
    "从第二轮的第一步开始：第一轮之后的测试调用了 eval()，再没有谁调用 train()。网络于是什么也不"
    "丢，用的是记下的统计量；损失变小了，看上去好像训练得更好，而统计量再也不动了。（用同样几种层"
    "的小网络，每轮三步。）",
)
def without_train():
    if not has_torch():
        print("PyTorch is not installed: this is about the twin's step")
        return
    torch = import_torch()
    torch.manual_seed(0)
    x, y = torch.randn(64, 8), torch.randint(3, (64,))
    for forgotten in (False, True):
        torch.manual_seed(1)
        parts = torch.nn.Linear(8, 16), torch.nn.BatchNorm1d(16), torch.nn.Dropout(0.5)
        model = torch.nn.Sequential(*parts, torch.nn.Linear(16, 3))
        sgd, losses = torch.optim.SGD(model.parameters(), lr=0.1), []
        for _ in range(2):
            for _ in range(3):
                if not forgotten:
                    model.train()
                loss = torch.nn.functional.cross_entropy(model(x), y)
                sgd.zero_grad()
                loss.backward()
                sgd.step()
                losses.append(round(loss.item(), 3))
            model.eval()  # the test after an epoch
        print("without train():" if forgotten else "as it is:       ", losses[:3], losses[3:])


@answer(
    "Epoch 1 (counted from 0), and both: the loader of the test set takes a number from the "
    "generator at the end of each epoch, and what is drawn after it is other numbers. The order "
    "differs first, since it is drawn at the beginning of an epoch, before any of its masks.",
    "第 1 轮（从 0 数起），两样都不同：每轮末尾，测试集的 loader 从生成器里取走一个数，之后抽到的"
    "就是别的数了。先不同的是次序，因为它在一轮开始时抽，早于这一轮的所有掩码。",
)
def order_or_masks():
    config = replace(Config(), epochs=3)
    data = functional.examples(config)
    _, plain = torch_draws(LESSON, config, data)
    _, tested = torch_draws(LESSON, config, data, tests_each_epoch=True)
    for epoch in range(3):
        order = np.array_equal(plain["order"][epoch], tested["order"][epoch])
        masks = np.array_equal(plain["masks"][0][epoch], tested["masks"][0][epoch])
        print(f"epoch {epoch}: same order {order}, same masks {masks}")
