"""Linear regression with Optax: the update is a function, and what it remembers is a value.

ŷ = xw + b and y = 2x, all three examples at once. An Optax optimizer is two functions: `init` makes
its state from the parameters, `update` turns a gradient into what is added to them. State in, state
out: an optimizer with a memory is still a pure function.
"""

from dataclasses import replace
from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import optim, plots
from jaxdl.course import Program
from lessons.l05_linear_regression import OPTIMIZERS, Config


def examples(config):  # -> x (3, 1), y (3, 1): a row an example, a column a feature
    return np.array([[1], [2], [3]], "float32"), np.array([[2], [4], [6]], "float32")


def init(key):
    """w and b from U(-1/√inputs, 1/√inputs), which is PyTorch's rule; there is one input."""
    kernel, bias = jax.random.split(key)
    draw = partial(jax.random.uniform, minval=-1.0, maxval=1.0)
    return {"linear": {"kernel": draw(kernel, (1, 1)), "bias": draw(bias, (1,))}}


def apply(params, x):  # (n, 1) -> (n, 1)
    linear = params["linear"]
    return x @ linear["kernel"] + linear["bias"][None, :]  # ŷ = xw + b


def loss(params, batch):
    """The squared errors of all examples, their sum."""
    x, y = batch
    return jnp.sum((apply(params, x) - y) ** 2)  # l = Σ (ŷ - y)²


@cache  # the same object for the same arguments, so that `step` is compiled once for it
def make_optimizer(name, learning_rate):
    """One of PyTorch's eight optimizers, as an Optax transformation."""
    return optax.with_extra_args_support(optim.OPTIMIZERS[name](learning_rate))


def step(params, state, batch, optimizer):
    """One step on the batch: new parameters, new optimizer state, the loss before the step."""
    value, gradient = jax.value_and_grad(loss)(params, batch)
    # L-BFGS asks for the loss again, at points of its own; the other seven ignore the keywords.
    again = {"value": value, "value_fn": partial(loss, batch=batch)}
    updates, state = optimizer.update(gradient, state, params, **again)
    return optax.apply_updates(params, updates), state, value  # params + updates


# Compiled as it is written, every operation rounded by itself, which is how PyTorch runs the twin.
# The optimizing compiler fuses x·w + b into one instruction, which rounds once: b ends elsewhere.
AS_WRITTEN = {"xla_backend_optimization_level": "0"}
compiled_step = jax.jit(step, static_argnames="optimizer", compiler_options=AS_WRITTEN)


def train(config, data, params=None, report=None):
    """`config.epochs` steps, each on all examples.

    Returns:
        The last parameters, and the loss of every epoch.
    """
    batch = jax.device_put(data)
    params = init(jax.random.key(config.seed)) if params is None else jax.device_put(params)
    optimizer = make_optimizer(config.optimizer, config.learning_rate)
    state = optimizer.init(params)
    history = {"loss": []}
    for epoch in range(config.epochs):
        params, state, value = compiled_step(params, state, batch, optimizer)
        history["loss"].append([value])
        if report:
            report(epoch, value)
    return params, history


def result(config, params, history, data):
    w, b = params["linear"]["kernel"][0, 0], params["linear"]["bias"][0]
    return {"w": w, "b": b, "f(4)": apply(params, np.array([[4]], w.dtype))[0, 0]}


def figures(config, params, history, data):
    """The loss under every optimizer, and the line after a few steps of this one."""
    start = init(jax.random.key(config.seed))
    losses = {}
    for name in OPTIMIZERS:
        _, past = train(replace(config, optimizer=name), data, start)
        losses[name] = np.ravel(past["loss"])
    figure, (left, right) = plots.row(2, height=3.6)
    rate = f"{plots.say('learning rate', '学习率')} {config.learning_rate}"
    title = plots.say(f"loss under each optimizer, {rate}", f"各优化器的损失，{rate}")
    plots.curve(left, title, losses, log=True)
    ends = np.array([[0], [4]], "float32")
    for steps in (0, 1, 3, config.epochs):
        fitted, _ = train(replace(config, epochs=steps), data, start)
        right.plot(ends, apply(fitted, ends), label=plots.say(f"step {steps}", f"第 {steps} 步"))
    plots.name_lines(right)
    right.plot(*data, "k.", markersize=9)
    title = plots.say(f"ŷ = xw + b under {config.optimizer}", f"ŷ = xw + b，{config.optimizer}")
    dots = plots.say("dots: the examples", "点：样本")
    right.set(title=f"{title} ({dots})", xlabel="x", ylabel="ŷ")
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    optimizer = make_optimizer(config.optimizer, config.learning_rate)

    def on_batch(state, batch):
        params, opt_state = state
        params, opt_state, value = step(params, opt_state, batch, optimizer)
        return (params, opt_state), value

    return Program(
        examples=partial(examples, config),
        init=init,
        apply=apply,
        loss=loss,
        start=lambda params: (params, optimizer.init(params)),
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
