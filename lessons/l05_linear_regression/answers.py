"""Answers to the questions that the chapter ends with, in its order."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import optax

from jaxdl.course.exercises import answer
from lessons.l05_linear_regression import Config
from lessons.l05_linear_regression.functional import examples, init, loss, train

LECTURE = Config()
BATCH = examples(LECTURE)
START = init(jax.random.key(0))


@answer(
    "After the first. L-BFGS takes up to 20 inner steps in each of the loop's, and asks for the "
    "loss at every one of them; the loss is a parabola, which it has found the bottom of by then.",
    "第一步之后。循环的每一步里，L-BFGS 内部最多走 20 步，每一步都要重新求损失；损失是一个抛物面，"
    "这时它已经到了底。",
)
def steps_of_lbfgs():
    config = replace(LECTURE, optimizer="lbfgs", learning_rate=1.0, epochs=3)
    _, history = train(config, BATCH, START)
    print("loss before each step:", [float(f"{value:.3g}") for (value,) in history["loss"]])


@answer(
    "2/λ is 0.0601: at 0.06 the loss still falls, at 0.061 it grows. One step multiplies the "
    "distance to the minimum along the steepest direction by 1 - λ · learning rate.",
    "2/λ 等于 0.0601：学习率 0.06 时损失还在下降，0.061 时就增大了。走一步，沿最陡方向到最小值的距"
    "离就乘以 1 - λ · 学习率。",
)
def steepest_curvature():
    def of_both(both):  # both: w and b
        return loss({"linear": {"kernel": both[:1, None], "bias": both[1:]}}, BATCH)

    steepest = jnp.linalg.eigvalsh(jax.hessian(of_both)(jnp.zeros(2)))[-1]
    print("2/λ =", float(2 / steepest))
    for rate in (0.06, 0.061):
        _, history = train(replace(LECTURE, learning_rate=rate, epochs=200), BATCH, START)
        print(f"learning rate {rate}: the loss ends at {float(history['loss'][-1][0]):.3g}")


@answer(
    "Three times the old one, since there are three examples: a gradient divided by three wants a "
    "step three times as long. Adam would not notice: it divides by the gradient's own size.",
    "原来的三倍，因为有三个样本：梯度除以三，步长就要乘以三。Adam 则察觉不到：它会除以梯度自身的大"
    "小。",
)
def a_mean_for_the_sum():
    def end(divided, rate):
        params = START
        for _ in range(50):
            slope = jax.grad(lambda p: loss(p, BATCH) / divided)(params)
            params = jax.tree.map(lambda p, g: p - rate * g, params, slope)
        return float(params["linear"]["kernel"][0, 0])

    print("sum, 0.01:", end(1, 0.01), " mean, 0.01:", end(3, 0.01), " mean, 0.03:", end(3, 0.03))


@answer(
    "With a rate for each, all of them come close to 0: the table at 0.01 compared rates rather "
    "than rules. What differs is how many steps it takes, and how well the rate must be chosen.",
    "各自配上合适的学习率以后，损失都接近 0：统一用 0.01 的那张表，比的是学习率而不是规则。真正不"
    "同的是需要多少步，以及学习率要选得多准。",
)
def a_rate_for_each():
    own = {"adagrad": 1.0, "adam": 1.0, "adamax": 1.0, "rmsprop": 0.1}
    for name, rate in own.items():  # the other four do well at 0.01
        ends = []
        for learning_rate in (0.01, rate):
            config = replace(LECTURE, optimizer=name, learning_rate=learning_rate, epochs=200)
            ends.append(float(train(config, BATCH, START)[1]["loss"][-1][0]))
        print(f"{name:8} 0.01: {ends[0]:9.2e}   {rate}: {ends[1]:9.2e}")


@answer(
    "The last update is the state: init makes zeros of the params' form, update returns the new "
    "update twice, once to be added and once to be remembered. That is momentum 0.5.",
    "上一次的更新就是状态：init 造出与 params 同样结构的零，update 把新的更新返回两次，一次用来相"
    "加，一次用来记住。这正是动量 0.5。",
)
def half_of_the_last_update():
    def update(updates, state, params=None):  # the gradient, and the last update
        new = jax.tree.map(lambda g, u: -0.01 * g + 0.5 * u, updates, state)
        return new, new

    own = optax.GradientTransformation(lambda params: jax.tree.map(jnp.zeros_like, params), update)
    ends = []
    for optimizer in (own, optax.sgd(0.01, momentum=0.5)):
        params, state = START, optimizer.init(START)
        for _ in range(20):
            updates, state = optimizer.update(jax.grad(loss)(params, BATCH), state, params)
            params = optax.apply_updates(params, updates)
        ends.append(float(loss(params, BATCH)))
    print("own rule:", ends[0], " optax.sgd with momentum 0.5:", ends[1])
