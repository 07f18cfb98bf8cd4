"""Many features at once: a layer is one matrix product, a net is one function inside another.

Eight numbers describe a patient (thirty in the embedded set). What the net gives is a logit z, and
ŷ = σ(z) is the probability of label 1; the loss is computed from z. The parameters are a dict of
dicts, the net is three lines, and every epoch is one step on all examples.
"""

from dataclasses import replace
from functools import partial
from inspect import unwrap

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import data as datasets
from jaxdl import plots
from jaxdl.course import Program
from jaxdl.data import load
from lessons.l07_multiple_dimension_input import ACTIVATIONS, Config

FUNCTIONS = {
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "elu": jax.nn.elu,
    "gelu": partial(jax.nn.gelu, approximate=False),  # JAX's default is an approximation
}


def examples(config):  # -> x (n, features), y (n, 1)
    split = load(config.data).train
    return split.x, split.y


def init(key, features=8):
    """Kernels and biases from U(-1/√inputs, 1/√inputs), which is PyTorch's rule."""
    params = {}
    sizes = [(features, 6), (6, 4), (4, 1)]
    for number, (inputs, outputs) in enumerate(sizes, 1):
        key, kernel, bias = jax.random.split(key, 3)
        draw = partial(jax.random.uniform, minval=-(inputs**-0.5), maxval=inputs**-0.5)
        params[f"linear{number}"] = {
            "kernel": draw(kernel, (inputs, outputs)),
            "bias": draw(bias, (outputs,)),
        }
    return params


def linear(layer, x):
    """y = xK + b for all n examples at once."""
    return x @ layer["kernel"] + layer["bias"][None, :]  # (n, in) @ (in, out) + (1, out)


def apply(params, x, activation="sigmoid"):
    f = FUNCTIONS[activation]
    x = f(linear(params["linear1"], x))  # (n, features) -> (n, 6)
    x = f(linear(params["linear2"], x))  # -> (n, 4)
    return linear(params["linear3"], x)  # -> (n, 1), logits


def loss(params, batch, activation="sigmoid"):
    """The cross-entropy of ŷ = σ(z), its mean over the batch, computed from the logits z."""
    x, y = batch
    return jnp.mean(optax.sigmoid_binary_cross_entropy(apply(params, x, activation), y))


@partial(jax.jit, static_argnames="activation")
def step(params, state, batch, learning_rate, activation="sigmoid"):
    """One step on the batch: new parameters, new optimizer state, the loss before the step."""
    value, gradient = jax.value_and_grad(loss)(params, batch, activation)
    updates, state = optax.sgd(learning_rate).update(gradient, state)
    return optax.apply_updates(params, updates), state, value


def train(config, data, params=None, report=None):
    """`config.epochs` steps, each on all examples.

    Returns:
        The last parameters, and the loss of every epoch.
    """
    batch = jax.device_put(data)
    if params is None:
        params = init(jax.random.key(config.seed), batch[0].shape[1])
    params = jax.device_put(params)
    state = optax.sgd(config.learning_rate).init(params)
    history = {"loss": []}
    for epoch in range(config.epochs):
        params, state, value = step(params, state, batch, config.learning_rate, config.activation)
        history["loss"].append([value])
        if report:
            report(epoch, value)
    return params, history


def result(config, params, history, data):
    x, y = data
    right = (apply(params, x, config.activation) > 0) == (y > 0.5)  # σ(0) = 0.5
    return {"loss": loss(params, data, config.activation), "accuracy": jnp.mean(right)}


def figures(config, params, history, data):
    """Every activation's losses, and what the lecture's net and a ReLU net say of each class."""
    x, y = data
    start = init(jax.random.key(config.seed), x.shape[1])
    trained = {f: train(replace(config, activation=f), data, start) for f in ACTIVATIONS}
    figure, (above, *others) = plots.mosaic("aa;bc", height=5.4, heights=(3, 2.6))
    lines = {name: np.ravel(past["loss"]) for name, (_, past) in trained.items()}
    title = plots.say(
        "loss with each activation, from the same start", "各激活函数的损失，起点相同"
    )
    plots.curve(above, title, lines, x=plots.say("epoch"))
    for axes, name in zip(others, ("sigmoid", "relu"), strict=True):
        p = np.asarray(jax.nn.sigmoid(apply(trained[name][0], x, name)))
        classes = [p[np.asarray(y) == label] for label in (0, 1)]
        axes.hist(classes, bins=40, range=(0, 1), stacked=True)
        title = plots.say(f"{name} after {config.epochs} epochs", f"{name}，{config.epochs} 轮之后")
        axes.set(title=title, xlabel="ŷ", ylabel=plots.say("examples"))
    for label in (0, 1):
        words, color = (
            plots.say(f"label {label}", f"标签 {label}"),
            plots.darker(plots.COLORS[label]),
        )
        others[0].text(0.05, 0.85 - 0.1 * label, words, color=color, transform=others[0].transAxes)
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""

    def on_batch(state, batch):
        params, opt_state = state
        params, opt_state, value = unwrap(step)(
            params, opt_state, batch, config.learning_rate, config.activation
        )
        return (params, opt_state), value

    return Program(
        examples=partial(examples, config),
        init=partial(init, features=datasets.find(config.data).features[0]),
        apply=partial(apply, activation=config.activation),
        loss=partial(loss, activation=config.activation),
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
        print("progress:", epoch, float(value))
    print("accuracy:", float(result(config, params, history, data)["accuracy"]))


if __name__ == "__main__":
    main()
