"""Back propagation as a function: `jax.grad` takes the loss and gives its derivative.

ŷ = wx and y = 2x. The notes' program, line for line: every example, in its order, moves w by
-learning_rate · dl/dw. Nothing remembers anything: w goes in, a new w comes out.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl import plots
from jaxdl._torch import has_torch
from jaxdl.course import Program
from lessons.l04_back_propagation import Config


def examples(config):  # -> x (3,), y (3,)
    return np.array([1, 2, 3], "float32"), np.array([2, 4, 6], "float32")


def init(key, model="line"):
    """Every parameter starts at 1, as in the lecture; a random start would draw from the key."""
    one = jnp.float32(1.0)
    return one if model == "line" else {"w1": one, "w2": one, "b": one}


def apply(params, x, model="line"):  # x () or (n,) -> ŷ of the same shape
    if model == "line":
        return params * x  # ŷ = wx
    return params["w1"] * x**2 + params["w2"] * x + params["b"]  # ŷ = w₁x² + w₂x + b


def loss(params, batch, model="line"):
    """The squared error of one example: l = (ŷ - y)²."""
    x, y = batch
    return (apply(params, x, model) - y) ** 2


def step(params, example, learning_rate, model="line"):
    """One example: the loss, its gradient by every parameter, the parameters moved against it."""
    value, gradient = jax.value_and_grad(loss)(params, example, model)
    params = jax.tree.map(lambda w, slope: w - learning_rate * slope, params, gradient)
    return params, value, gradient


def train(config, data, params=None, report=None):
    """`config.epochs` times through the examples, one step an example.

    Returns:
        The last parameters, and the loss and gradient of every step, one row an epoch. `epoch_loss`
        is the last example's, as the notes print it.
    """
    if params is None:
        params = init(jax.random.key(config.seed), config.model)
    one_step = jax.jit(step, static_argnames="model") if config.jit else step
    history = {"loss": [], "gradient": []}
    for epoch in range(config.epochs):
        losses, gradients = [], []
        for example in zip(*data, strict=True):
            params, value, gradient = one_step(params, example, config.learning_rate, config.model)
            losses.append(value)
            gradients.append(gradient)
        history["loss"].append(losses)
        history["gradient"].append(gradients)
        if report:
            report(epoch, losses)
    history["epoch_loss"] = [losses[-1] for losses in history["loss"]]
    return params, history


def result(config, params, history, data):
    return {"f(4)": apply(params, 4.0, config.model)}


def figures(config, params, history, data):
    """The loss by step; the graph of the loss; what PyTorch and JAX make of it to get the slope."""
    params, example = init(None, config.model), tuple(float(column[-1]) for column in data)
    names, values = sorted(params) if isinstance(params, dict) else ["w"], jax.tree.leaves(params)
    forward = jax.make_jaxpr(lambda p: loss(p, example, config.model))(params)
    backward = jax.make_jaxpr(jax.grad(lambda p: loss(p, example, config.model)))(params)
    slopes = [f"∂l/∂{name}" for name in names]
    figure, (curve, top, left, right) = plots.row(4, rows=2, height=3.1)
    plots.curve(curve, plots.say("loss of every step"), {"": np.ravel(history["loss"])}, log=True)
    curve.lines[0].set_linewidth(0.8)
    boxes = plots.boxes_of_jaxpr(forward, names, ["l"], values)
    plots.graph(
        top, plots.say("forward: l at the example (3, 6)", "前向：样本 (3, 6) 处的 l"), boxes
    )
    boxes = plots.boxes_of_jaxpr(backward, names, slopes, values)
    plots.graph(right, plots.say("JAX: the program jax.grad(l)", "JAX：程序 jax.grad(l)"), boxes)
    if has_torch():  # else the place stays empty
        from lessons.l04_back_propagation import imperative

        model = imperative.Model(config)
        value = imperative.loss(model, example)
        boxes = plots.boxes_of_grad_fn(value, dict(model.named_parameters()))
        plots.graph(
            left,
            plots.say("PyTorch: what l.backward() walks", "PyTorch：l.backward() 走的图"),
            boxes,
        )
    else:
        left.set(title=plots.say("PyTorch is not installed", "没有安装 PyTorch"))
        left.axis("off")
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    return Program(
        examples=partial(examples, config),
        init=partial(init, model=config.model),
        apply=partial(apply, model=config.model),
        loss=partial(loss, model=config.model),
        start=lambda params: params,
        step=lambda params, example: step(params, example, config.learning_rate, config.model)[:2],
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
    )


def main(config=Config()):
    data = examples(config)
    params = init(jax.random.key(config.seed), config.model)
    print("predict (before training)", 4, float(apply(params, 4.0, config.model)))
    params, history = train(config, data, params)
    for epoch, value in enumerate(history["epoch_loss"]):
        print("progress:", epoch, float(value))
    print("predict (after training)", 4, float(apply(params, 4.0, config.model)))


if __name__ == "__main__":
    main()
