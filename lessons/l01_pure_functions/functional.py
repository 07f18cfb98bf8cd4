"""A network as functions: everything that a result depends on goes in, everything new comes out.

Two layers with a tanh between them learn the exclusive or. The parameters are a dict of dicts of
arrays; no function keeps any, so `train` hands them from step to step.
"""

from functools import partial
from inspect import unwrap

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl import plots
from jaxdl.course import Program
from lessons.l01_pure_functions import Config


def examples(config):  # -> x (4, 2), y (4, 1)
    """Exclusive or: 1 where exactly one of the two inputs is 1."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    return x, np.array([[0], [1], [1], [0]], "float32")


def init(key, hidden=4):
    """Two layers from two halves of the key: the same key gives the same parameters, always."""
    first, second = jax.random.split(key)
    return {"hidden": init_dense(first, 2, hidden), "output": init_dense(second, hidden, 1)}


def init_dense(key, inputs, outputs):
    """Kernel and bias from U(-1/√inputs, 1/√inputs), as `nn.Linear` draws them."""
    key_kernel, key_bias = jax.random.split(key)
    bound = inputs**-0.5
    return {
        "kernel": jax.random.uniform(key_kernel, (inputs, outputs), jnp.float32, -bound, bound),
        "bias": jax.random.uniform(key_bias, (outputs,), jnp.float32, -bound, bound),
    }


def dense(layer, x):  # x (n, inputs) -> (n, outputs)
    return x @ layer["kernel"] + layer["bias"][None, :]  # xK + b, the same b for every example


def apply(params, x):  # x (n, 2) -> ŷ (n, 1)
    hidden = jnp.tanh(dense(params["hidden"], x))  # (n, hidden)
    return dense(params["output"], hidden)


def loss(params, batch):
    """Mean squared error: (1/n) Σ (ŷ - y)²."""
    x, y = batch
    return jnp.mean((apply(params, x) - y) ** 2)


@jax.jit
def step(params, batch, learning_rate):
    """State in, state out: one step of gradient descent, and the loss before it."""
    value, gradient = jax.value_and_grad(loss)(params, batch)
    # w ← w - learning_rate · ∂loss/∂w, for every array in the dict of dicts
    params = jax.tree.map(lambda w, slope: w - learning_rate * slope, params, gradient)
    return params, value


def train(config, data, params=None, report=None):
    """`config.epochs` steps, each on all four examples.

    Returns:
        The last parameters, and the loss of every step, one row an epoch.
    """
    if params is None:
        params = init(jax.random.key(config.seed), config.hidden)
    history = {"loss": []}
    for epoch in range(config.epochs):
        params, value = step(params, data, config.learning_rate)
        history["loss"].append([value])
        if report:
            report(epoch, value)
    return params, history


def result(config, params, history, data):
    x, y = data
    return {"loss": loss(params, data), "largest error": jnp.max(jnp.abs(apply(params, x) - y))}


def figures(config, params, history, data):
    """The loss by step, and one function at two values: `apply` at the start and after training."""
    x, y = data
    side = np.linspace(-0.25, 1.25, 61, dtype=x.dtype)
    points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)  # (61 · 61, 2)
    start = init(jax.random.key(config.seed), config.hidden)

    figure, (above, *squares) = plots.mosaic("aa;bc", height=5.4, heights=(2, 3.2))
    plots.curve(above, plots.say("loss of every step"), {"": np.ravel(history["loss"])}, log=True)
    names = (
        plots.say("init(key), random", "init(key)，随机"),
        plots.say("params, trained", "params，训练后"),
    )
    for axes, name, value in zip(squares, names, (start, params), strict=True):
        outputs = np.asarray(apply(value, points)).reshape(61, 61)
        axes.pcolormesh(side, side, outputs, cmap="coolwarm", vmin=-0.2, vmax=1.2)
        for corner, target in zip(x, y[:, 0], strict=True):
            axes.annotate(f"{target:.0f}", corner, ha="center", va="center", size=12)
        axes.set(title="apply(·, x): " + name, xticks=(0, 1), yticks=(0, 1))
        axes.set(xlabel=plots.say("first input", "第一个输入"))
        axes.set(ylabel=plots.say("second input", "第二个输入"))
        axes.grid(visible=False)
    figure.colorbar(squares[-1].collections[0], ax=squares, label="ŷ")
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    return Program(
        examples=partial(examples, config),
        init=partial(init, hidden=config.hidden),
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
    params, history = train(config, data)
    for epoch in range(0, config.epochs, 100):
        print("epoch", epoch, "loss", float(history["loss"][epoch][0]))
    for x, output in zip(data[0], apply(params, data[0]), strict=True):
        print("predict", x.tolist(), output.item())


if __name__ == "__main__":
    main()
