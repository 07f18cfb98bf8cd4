"""Logistic regression: the line of the last lesson, bent by a sigmoid into a probability.

x is hours of study, y whether the exam was passed: ŷ = σ(xw + b) is the probability that it is. The
loss is the cross-entropy: minus the logarithm of the probability given to what really happened.
"""

from functools import partial
from inspect import unwrap

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import plots
from jaxdl.course import Program
from lessons.l06_logistic_regression import Config


def examples(config):  # -> x (3, 1), y (3, 1)
    return np.array([[1], [2], [3]], "float32"), np.array([[0], [0], [1]], "float32")


def init(key):
    """w and b from U(-1/√inputs, 1/√inputs), which is PyTorch's rule; there is one input."""
    kernel, bias = jax.random.split(key)
    draw = partial(jax.random.uniform, minval=-1.0, maxval=1.0)
    return {"linear": {"kernel": draw(kernel, (1, 1)), "bias": draw(bias, (1,))}}


def apply(params, x):  # hours (n, 1) -> probabilities (n, 1)
    linear = params["linear"]
    return jax.nn.sigmoid(x @ linear["kernel"] + linear["bias"][None, :])  # ŷ = σ(xw + b)


@jax.custom_jvp
def cross_entropy(p, y):
    """-y·log p - (1 - y)·log(1 - p), each logarithm at least -100, as in PyTorch's BCELoss."""
    return (y - 1) * jnp.maximum(jnp.log1p(-p), -100) - y * jnp.maximum(jnp.log(p), -100)


FLOOR = float(np.float32(1e-12))  # PyTorch keeps it in float32, for float64 losses, too


@cross_entropy.defjvp
def cross_entropy_jvp(primals, tangents):
    """PyTorch's derivative by p: (p - y) / p(1 - p), the denominator never below 1e-12.

    The rules of `log` and `maximum` would give another: 0 where the logarithm is cut off at -100,
    and not a number at p = 0 and p = 1. The label is data: it has no derivative.
    """
    (p, y), (dp, _) = primals, tangents
    return cross_entropy(p, y), (p - y) / jnp.maximum((1 - p) * p, FLOOR) * dp


def loss(params, batch):
    """The cross-entropy of all examples, its sum."""
    x, y = batch
    return jnp.sum(cross_entropy(apply(params, x), y))


@jax.jit
def step(params, state, batch, learning_rate):
    """One step on the batch: new parameters, new optimizer state, the loss before the step."""
    value, gradient = jax.value_and_grad(loss)(params, batch)
    updates, state = optax.sgd(learning_rate).update(gradient, state)
    return optax.apply_updates(params, updates), state, value


def train(config, data, params=None, report=None):
    """`config.epochs` steps, each on all examples.

    Returns:
        The last parameters, and the loss of every epoch.
    """
    batch = jax.device_put(data)
    params = init(jax.random.key(config.seed)) if params is None else jax.device_put(params)
    state = optax.sgd(config.learning_rate).init(params)
    history = {"loss": []}
    for epoch in range(config.epochs):
        params, state, value = step(params, state, batch, config.learning_rate)
        history["loss"].append([value])
        if report:
            report(epoch, value)
    return params, history


def result(config, params, history, data):
    w, b = params["linear"]["kernel"][0, 0], params["linear"]["bias"][0]
    return {"p(4 hours)": apply(params, np.array([[4]], w.dtype))[0, 0], "w": w, "b": b}


def figures(config, params, history, data):
    """The loss by step, and the probability of passing by hours of study."""
    figure, (left, right) = plots.row(2)
    plots.curve(left, plots.say("loss of every step"), {"": np.ravel(history["loss"])})
    hours = np.linspace(0, 10, 200, dtype="float32")[:, None]
    p = np.asarray(apply(params, hours))
    right.axhline(0.5, color="0.4", linewidth=1, linestyle="--")
    right.text(10, 0.52, "ŷ = 0.5", ha="right", color="0.3")
    right.plot(hours, p, color=plots.COLORS[2])
    right.text(4.7, 0.9, "ŷ = σ(xw + b)", color=plots.darker(plots.COLORS[2]))
    right.plot(*data, "k.", markersize=9)
    title = plots.say("probability of passing (dots: the examples)", "通过的概率（点：样本）")
    right.set(title=title, xlabel=plots.say("hours of study", "学习的小时数"), ylabel="ŷ")
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""

    def on_batch(state, batch):
        params, opt_state = state
        params, opt_state, value = unwrap(step)(params, opt_state, batch, config.learning_rate)
        return (params, opt_state), value

    return Program(
        examples=partial(examples, config),
        init=init,
        apply=apply,
        loss=loss,
        start=lambda params: (params, optax.sgd(config.learning_rate).init(params)),
        params=lambda state: state[0],
        step=on_batch,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
    )


def main(config=Config()):
    data = examples(config)
    params, history = train(config, data)
    for epoch, (value,) in enumerate(history["loss"]):
        if epoch % 100 == 0:
            print("progress:", epoch, float(value))
    for name, value in result(config, params, history, data).items():
        print(name, "=", float(value))


if __name__ == "__main__":
    main()
