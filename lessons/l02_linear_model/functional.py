"""A linear model, fitted by trying: the loss is a function of the parameters, so evaluate it.

x = 1, 2, 3 and y = 2, 4, 6. First ŷ = wx over a grid of w, then ŷ = wx + b over a grid of (w, b).
The loss is written for one value of the parameters; `jax.vmap` turns it into the loss of a grid.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl import plots
from jaxdl.course import Program
from lessons.l02_linear_model import Config


def examples(config):  # -> x (3,), y (3,)
    return np.array([1, 2, 3], "float32"), np.array([2, 4, 6], "float32")


def init(key, model="line"):
    """The guess that stands until something better is found."""
    w, b = jnp.float32(1.0), jnp.float32(0.0)
    return {"w": w} if model == "line" else {"w": w, "b": b}


def apply(params, x, model="line"):  # x (n,) -> ŷ (n,)
    if model == "line":
        return params["w"] * x  # ŷ = wx
    return params["w"] * x + params["b"]  # ŷ = wx + b


def loss(params, batch, model="line"):
    """Mean squared error: MSE = (1/n) Σ (ŷ - y)²."""
    x, y = batch
    return jnp.mean((apply(params, x, model) - y) ** 2)


def grid(config, dtype):  # -> {"w": (points,)}, for the affine model also {"b": (points,)}
    """The values to try: w = 0, 0.1, 0.2, … and b = -2, -1.9, -1.8, …"""
    k, n = np.arange(config.points, dtype=dtype), config.per_unit
    w, b = k / n, (k - 2 * n) / n  # k / 10 is 0.3 where k · 0.1 would be 0.30000000000000004
    return {"w": w} if config.model == "line" else {"w": w, "b": b}


@jax.jit
def curve(axes, data):  # w (n,) -> losses (n,)
    """The loss over w: one `vmap` where the twin has one loop."""
    return jax.vmap(lambda w: loss({"w": w}, data))(axes["w"])


@jax.jit
def surface(axes, data):  # w (n,), b (m,) -> losses (n, m)
    """The loss over (w, b): a `vmap` in a `vmap` where the twin has a loop in a loop."""

    def row(w):  # () -> (m,)
        return jax.vmap(lambda b: loss({"w": w, "b": b}, data, "affine"))(axes["b"])

    return jax.vmap(row)(axes["w"])


def train(config, data, params=None, report=None):
    """The exhaustive search: look at every point of the grid, keep the lowest.

    Returns:
        The best parameters, and the loss at every point, one row for each w. `epoch_loss` is the
        lowest loss up to that row.
    """
    if params is None:
        params = init(jax.random.key(config.seed), config.model)
    if config.points == 0:
        return params, {"loss": [], "epoch_loss": []}
    axes = grid(config, data[0].dtype)
    losses = np.asarray((curve if config.model == "line" else surface)(axes, data))
    best = np.unravel_index(np.argmin(losses), losses.shape)
    params = {
        name: jnp.asarray(axis[i]) for (name, axis), i in zip(axes.items(), best, strict=True)
    }
    lowest = np.minimum.accumulate(losses.reshape(config.points, -1).min(axis=1))
    if report:  # once: the whole grid was a single call
        report(config.points - 1, lowest[-1])
    return params, {"loss": losses, "epoch_loss": lowest}


def result(config, params, history, data):
    return {**params, "MSE": loss(params, data, config.model)}


def figures(config, params, history, data):
    """The loss over w, over w and b, and that from above; a point marks what was found."""
    from matplotlib.colors import PowerNorm

    points = max(config.points, 1)  # an empty grid has no picture
    axes = grid(Config("affine", points, config.per_unit), data[0].dtype)
    w, b = np.meshgrid(axes["w"], axes["b"], indexing="ij")  # (n, n) each, as the surface
    height, colour = np.asarray(surface(axes, data)), PowerNorm(0.4)  # brings out the valley
    bottom = loss(params, data, config.model)
    found = {"marker": "o", "color": plots.COLORS[1], "zorder": 3}

    figure, (line, bowl, above) = plots.mosaic("ab;cb", height=4.6)
    line.plot(axes["w"], curve(axes, data), linewidth=1.2, marker=".", markersize=4)
    line.plot(params["w"], bottom, **found)
    line.set(
        title=plots.say("MSE over w: ŷ = wx", "MSE 随 w 的变化：ŷ = wx"), xlabel="w", ylabel="MSE"
    )
    place = bowl.get_subplotspec()
    bowl.remove()
    bowl = figure.add_subplot(place, projection="3d", computed_zorder=False)
    bowl.plot_surface(w, b, height, cmap="viridis", norm=colour)
    bowl.plot(params["w"], params.get("b", 0.0), bottom, **found)
    title = plots.say("MSE over w and b: ŷ = wx + b", "MSE 随 w 和 b 的变化：ŷ = wx + b")
    bowl.set(title=title, xlabel="w", ylabel="b", anchor="N")
    bowl.locator_params(nbins=4)
    bowl.set_box_aspect(None, zoom=0.9)  # pyright: ignore[reportArgumentType] (the stub says int)
    above.pcolormesh(w, b, height, shading="nearest", norm=colour)
    above.plot(params["w"], params.get("b", 0.0), **found)
    above.set(
        title=plots.say("MSE over w and b, from above", "MSE 随 w 和 b 的变化，从上往下看"),
        xlabel="w",
        ylabel="b",
    )
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    return Program(
        examples=partial(examples, config),
        init=partial(init, model=config.model),
        apply=partial(apply, model=config.model),
        loss=partial(loss, model=config.model),
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
    )


def main(config=Config()):
    data = examples(config)
    params, history = train(config, data)
    for w, lowest in zip(grid(config, "float32")["w"], history["loss"], strict=True):
        print(f"w={w:.1f} MSE={np.min(lowest):.4f}")
    print("best:", " ".join(f"{name}={value:.1f}" for name, value in params.items()))


if __name__ == "__main__":
    main()
