"""Gradient descent: a step is a function from w and some examples to a better w.

ŷ = wx and y = 2x. Whose slope a step follows is decided outside the step, by the examples that it
is given: all of them, one, or a few. Then a saddle, where following the slope of all gets stuck.
"""

from dataclasses import replace
from functools import partial
from inspect import unwrap

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl import plots
from jaxdl.course import Program
from lessons.l03_gradient_descent import Config


def examples(config):  # -> x (3,), y (3,)
    return np.array([1, 2, 3], "float32"), np.array([2, 4, 6], "float32")


def init(key):
    """The lecture's guess, w = 1; a random start would draw from the key."""
    return jnp.float32(1.0)


def apply(w, x):  # x (n,) -> ŷ (n,)
    return w * x  # ŷ = wx


def loss(w, batch):
    """Mean squared error: l = (1/n) Σ (ŷ - y)²."""
    x, y = batch
    return jnp.mean((apply(w, x) - y) ** 2)


@jax.jit
def step(w, batch, learning_rate):
    """The loss of these examples, and w moved against its slope."""
    value, slope = jax.value_and_grad(loss)(w, batch)
    return w - learning_rate * slope, value  # w ← w - learning_rate · dl/dw


def batches(data, size):
    """The examples in their order, `size` at a time; the last batch has what is left."""
    starts = range(0, len(data[0]), size)
    return [tuple(column[i : i + size] for column in data) for i in starts]


def train(config, data, params=None, report=None):
    """`config.epochs` times through the examples, one step a batch.

    Returns:
        The last w, the loss of every step, one row an epoch, and w at the end of every epoch.
    """
    w = init(jax.random.key(config.seed)) if params is None else params
    history = {"loss": [], "w": []}
    for epoch in range(config.epochs):
        losses = []
        for batch in batches(data, config.batch_size):
            w, value = step(w, batch, config.learning_rate)
            losses.append(value)
        history["loss"].append(losses)
        history["w"].append(w)
        if report:
            report(epoch, losses)
    return w, history


def result(config, params, history, data):
    return {"w": params, "MSE": loss(params, data)}


SAMPLES = np.array([-3, -1, 1, 3], "float32") / 8  # their sum is 0, without any rounding


def saddle(point, samples):  # point (2,), samples (n,) -> ()
    """f(x, y) = x² - y², a mean over samples: x² - y² + cy for sample c, and the c's cancel."""
    x, y = point
    return jnp.mean(x**2 - y**2 + samples * y)


@partial(jax.jit, static_argnames=("batch_size", "steps"))
def descend(key, start, batch_size=None, steps=60, learning_rate=0.05):  # -> (steps + 1, 2)
    """The path down the saddle, each step on samples drawn from the key; None: on all of them."""

    def one_step(point, key):
        drawn = SAMPLES if batch_size is None else jax.random.choice(key, SAMPLES, (batch_size,))
        moved = point - learning_rate * jax.grad(saddle)(point, drawn)
        return moved, point

    last, path = jax.lax.scan(one_step, start, jax.random.split(key, steps))
    return jnp.concatenate([path, last[None]])


def figures(config, params, history, data):
    """The three methods; the saddle from above with the paths down it; f along these paths."""
    figure, (above, left, right) = plots.mosaic("aa;bc", height=5.6, heights=(2, 3))
    losses = {}
    for method in ("batch", "mini-batch", "sgd"):
        _, past = train(replace(config, method=method), data)
        w = jnp.array([init(None), *past["w"]])  # (epochs + 1,)
        losses[method] = jax.vmap(loss, in_axes=(0, None))(w, data)
    title = plots.say(
        "loss after every epoch: MSE of all three examples", "每一轮之后三个样本的 MSE"
    )
    plots.curve(above, title, losses, x=plots.say("epoch"), log=True)

    start, keys = jnp.array([1.0, 0.0]), jax.random.split(jax.random.key(config.seed), 8)
    paths = {f"key {i}": descend(key, start, batch_size=1) for i, key in enumerate(keys)}
    paths["all samples"] = descend(keys[0], start)
    x, y = np.meshgrid(np.linspace(-0.4, 1.2, 81), np.linspace(-1.2, 1.2, 121))
    left.contour(x, y, x**2 - y**2, levels=np.arange(-1.4, 1.5, 0.2), colors="0.8", linewidths=0.8)
    for name, path in paths.items():
        whole = name == "all samples"
        style = {"color": "black" if whole else plots.LOSS, "linewidth": 2 if whole else 0.8}
        left.plot(*path.T, **style)
        right.plot(path[:, 0] ** 2 - path[:, 1] ** 2, **style)
    left.plot(0, 0, "o", color="black")
    left.set(
        title=plots.say("paths on f = x² - y² from (1, 0)", "f = x² - y² 上从 (1, 0) 出发的路径")
    )
    left.set(xlabel="x", ylabel="y", xlim=(-0.4, 1.2), ylim=(-1.2, 1.2))
    right.set(title=plots.say("f along the paths", "沿路径的 f"))
    right.set(xlabel=plots.say("step"), ylabel="f", ylim=(-1.2, 1.2))
    right.text(60, 0.06, plots.say("all samples", "全部样本"), ha="right")
    drawn = plots.say("one drawn sample\na step, eight keys", "每步抽一个样本，\n八个 key")
    right.text(60, 0.4, drawn, ha="right", color=plots.darker(plots.LOSS))
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    return Program(
        examples=partial(examples, config),
        init=init,
        apply=apply,
        loss=loss,
        start=lambda params: params,
        step=partial(unwrap(step), learning_rate=config.learning_rate),
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
    )


def main(config=Config()):
    data = examples(config)
    print("predict (before training)", 4, float(apply(init(None), 4.0)))
    w, history = train(config, data)
    for epoch, (losses, now) in enumerate(zip(history["loss"], history["w"], strict=True)):
        print(f"epoch: {epoch} w={now:.4f} loss={losses[-1]:.4f}")
    print(f"predict (after training) 4 {apply(w, 4.0):.3f}")


if __name__ == "__main__":
    main()
