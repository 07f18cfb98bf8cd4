"""The exhaustive search: its grid, its surface, and where it ends."""

import jax
import numpy as np
import pytest

from lessons.l02_linear_model import Config, functional

AFFINE = Config(model="affine")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_grid_values_are_the_nearest_to_the_decimals(dtype):
    axes = functional.grid(AFFINE, dtype)
    decimals = [f"{k // 10}.{k % 10}" for k in range(41)]
    np.testing.assert_array_equal(axes["w"], np.array(decimals).astype(dtype))
    np.testing.assert_array_equal(axes["b"][20:], axes["w"][:21])
    np.testing.assert_array_equal(axes["b"], -axes["b"][::-1])
    assert {axis.dtype for axis in axes.values()} == {np.dtype(dtype)}


def test_surface_is_the_double_loop():
    axes = functional.grid(AFFINE, "float64")
    x, y = data = tuple(column.astype("float64") for column in functional.examples(AFFINE))
    loops = [[np.mean((w * x + b - y) ** 2) for b in axes["b"]] for w in axes["w"]]
    with jax.enable_x64(True):
        curve, surface = functional.curve(axes, data), functional.surface(axes, data)
    np.testing.assert_allclose(surface, loops, rtol=0, atol=1e-13)
    np.testing.assert_allclose(curve, np.array(loops)[:, 20], rtol=0, atol=1e-13)  # b = 0


@pytest.mark.parametrize(
    ("config", "w", "b"),
    [
        (Config(), 2.0, None),
        (AFFINE, 2.0, 0.0),
        (Config(points=20), 1.9, None),  # the loss still falls at the last point
        (Config(points=0), 1.0, None),  # nothing tried: the guess stands
        (Config(model="affine", points=0), 1.0, 0.0),
    ],
)
def test_finds_the_lowest_point(config, w, b):
    params, history = functional.train(config, functional.examples(config))
    assert params["w"] == np.float32(w)
    assert params.get("b") == b
    assert len(history["loss"]) == config.points


def test_finds_the_neighbour_of_a_truth_off_the_grid():
    x, _ = functional.examples(Config())
    params, history = functional.train(Config(), (x, np.float32(np.pi) * x))
    assert params["w"] == np.float32(3.1)
    assert history["epoch_loss"][-1] == np.min(history["loss"]) > 0


def test_a_second_search_compiles_nothing():
    """Of the same size: the grid's length is a shape, so another length is another program."""
    data = functional.examples(AFFINE)
    functional.train(AFFINE, data)
    compiled = []

    def listen(event, duration, **_):
        compiled.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    functional.train(AFFINE, (data[0], 2 * data[1]))
    jax.monitoring.unregister_event_duration_listener(listen)
    assert [event for event in compiled if "backend_compile" in event] == []
