"""PyTorch's graph in lesson 4's figure is the one behind the twin's loss."""

import pytest
import torch

from jaxdl import plots
from lessons.l04_back_propagation import Config, functional, imperative


def test_the_graph_behind_the_loss():
    model = imperative.Model(Config())
    loss = imperative.loss(model, (3.0, 6.0))
    boxes = plots.boxes_of_grad_fn(loss, dict(model.named_parameters()))
    assert [(box.label, box.value) for box in boxes.values()] == [
        ("l", 9),
        ("PowBackward0", 1),
        ("SubBackward0", -6),
        ("MulBackward0", -6),
        ("AccumulateGrad", -18),
        ("w.grad", -18),
    ]
    keys = list(boxes)
    assert [box.inputs for box in boxes.values()] == [[], *([key] for key in keys[:-1])]


def test_a_node_with_two_ways_in_is_one_box():
    w = torch.tensor(1.0, requires_grad=True)
    twice = w * w
    boxes = plots.boxes_of_grad_fn(twice + twice, {"w": w})
    labels = [box.label for box in boxes.values()]
    assert labels == ["l", "AddBackward0", "MulBackward0", "AccumulateGrad", "w.grad"]
    assert boxes["w"].value == 4


@pytest.mark.parametrize("model", ["line", "parabola"])
def test_boxes_do_not_cover_each_other(model):
    program = functional.program(Config(model=model, epochs=1))
    data = program.examples()
    figure = program.figures(*program.train(data), data)
    figure.draw_without_rendering()
    graphs = figure.axes[1:]
    assert all("PyTorch" not in axes.get_title() or axes.texts for axes in graphs)
    for axes in graphs:
        frames = [text.get_window_extent() for text in axes.texts if text.get_text()]
        assert not any(a.overlaps(b) for i, a in enumerate(frames) for b in frames[:i])
