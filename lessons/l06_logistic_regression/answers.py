"""Answers to the questions that the chapter ends with, in its order."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl.course.exercises import answer
from lessons.l06_logistic_regression import Config
from lessons.l06_logistic_regression.functional import apply, examples, init, loss, step

DATA = examples(Config())


@jax.jit
def after(steps, batch):
    """The parameters after so many of the lesson's steps, from its start."""

    def once(_, params):
        return step(params, optax.sgd(0.01).init(params), batch, 0.01)[0]

    return jax.lax.fori_loop(0, steps, once, init(jax.random.key(0)))


def line(params, x):  # -> z (n, 1)
    linear = params["linear"]
    return x @ linear["kernel"] + linear["bias"][None, :]


@answer(
    "It falls without end, ever more slowly, while w rises, b sinks and the curve becomes "
    "steeper. Their ratio hardly changes: ŷ = 0.5 lies at 2.41 hours after 1000 steps and at 2.47 "
    "after 20000, on its way to the middle between two and three.",
    "损失一直在降，越来越慢；w 不断增大，b 不断减小，曲线越来越陡。两者之比几乎不变：ŷ = 0.5 的位"
    "置，1000 步后在 2.41 小时，20000 步后在 2.47 小时，逐渐移向两小时和三小时的正中间。",
)
def for_twenty_thousand_steps():
    for steps in (1000, 5000, 20000):
        params = after(steps, DATA)
        w, b = params["linear"]["kernel"][0, 0], params["linear"]["bias"][0]
        print(f"{steps:5} steps: loss {loss(params, DATA):.3f}, w {w:.2f}, b {b:.2f}", end=", ")
        print(f"ŷ = 0.5 at {-b / w:.3f} hours")


@answer(
    "Its slope has the sigmoid's own derivative in it, p(1 - p), which is next to 0 for a model "
    "that is certain, right or wrong: at z = -10 and y = 1 it is -0.0001, where the "
    "cross-entropy's is -1. From w = 0 both losses learn the three exams; from w = -10 the "
    "squared error does not get away within 2000 steps.",
    "它的斜率里带着 sigmoid 的导数 p(1 - p)；模型十分肯定时，无论对错，这个导数都接近 0：z = -10、"
    "y = 1 时斜率是 -0.0001，而交叉熵的斜率是 -1。从 w = 0 出发，两种损失都能学会这三次考试；从 w "
    "= -10 出发，平方误差走 2000 步也离不开。",
)
def squared_error_of_a_probability():
    def squared(z, y):
        return (jax.nn.sigmoid(z) - y) ** 2

    for z in (0.0, -2.0, -5.0, -10.0, -20.0):
        from_square = jax.grad(squared)(z, 1.0)
        from_entropy = jax.grad(optax.sigmoid_binary_cross_entropy)(z, 1.0)
        print(
            f"z {z:5.0f}, y 1: squared error {from_square:+.2e}, cross-entropy {from_entropy:+.2e}"
        )

    def fitted(loss_of, w):
        slope = jax.grad(lambda p: loss_of(line(p, DATA[0]), DATA[1]).sum())

        def once(_, params):
            return jax.tree.map(lambda w, s: w - 0.1 * s, params, slope(params))

        start = {"linear": {"kernel": jnp.array([[w]]), "bias": jnp.array([0.0])}}
        params = jax.lax.fori_loop(0, 2000, once, start)
        return [float(f"{p:.3f}") for p in np.ravel(apply(params, DATA[0]))]

    for w in (0.0, -10.0):
        print(f"from w = {w:3.0f}: squared error", fitted(squared, w), end=", ")
        print("cross-entropy", fitted(optax.sigmoid_binary_cross_entropy, w))


@answer(
    "No threshold separates the four any more, so the loss has a lowest value, 2.2411, and w and "
    "b stay where they reach it. w is -0.07, a little below 0, for who studied longest failed. To "
    "say one quarter for every exam costs hardly more, 2.2493.",
    "四个样本不再能用一个阈值分开，所以损失有最小值 2.2411，w 和 b 到了那里就不再变。w 是 -0.07，"
    "略小于 0，因为学得最久的人没有通过。对每次考试都预测四分之一，损失也只大一点：2.2493。",
)
def an_exam_that_does_not_fit():
    x, y = (np.append(column, [[last]], axis=0) for column, last in zip(DATA, (7, 0), strict=True))
    batch = x.astype("float32"), y.astype("float32")
    for steps in (1000, 5000, 20000):
        params = after(steps, batch)
        w, b = params["linear"]["kernel"][0, 0], params["linear"]["bias"][0]
        print(f"{steps:5} steps: loss {loss(params, batch):.4f}, w {w:.4f}, b {b:.4f}")
    print(f"always one quarter: {4 * -(0.25 * np.log(0.25) + 0.75 * np.log(0.75)):.4f}")


@answer(
    "jnp.logaddexp(0, -z) is log(e⁰ + e⁻ᶻ), computed without overflow: 200 at z = -200, where the "
    "sigmoid is 0 in float32 and its logarithm infinite, and 0 at z = 200. Its slope, σ(z) - 1, "
    "is right everywhere, too.",
    "jnp.logaddexp(0, -z) 就是 log(e⁰ + e⁻ᶻ)，计算时不会溢出：z = -200 时是 200，而这时 float32 里"
    "的 sigmoid 等于 0，它的对数是无穷；z = 200 时是 0。它的斜率 σ(z) - 1 也处处正确。",
)
def minus_log_sigmoid():
    def stable(z):
        return jnp.logaddexp(0.0, -z)

    for z in (-200.0, -1.0, 0.0, 1.0, 200.0):
        plain, slope = -jnp.log(jax.nn.sigmoid(z)), jax.grad(stable)(z)
        print(f"z {z:5.0f}: {stable(z):10.4g}, slope {slope:+.4f}; -log of the sigmoid {plain:.4g}")
