"""The tape's graph in the common form: values, gradients, products, what is kept, and where."""

import numpy as np

from jaxdl.autograd.from_tape import from_tape
from jaxdl.autograd.tape import Tensor, no_grad
from jaxdl.course import find


def leaf(array):
    """A parameter with these values, in memory of its own."""
    return Tensor(np.array(array), requires_grad=True)


def parabola():
    """The graph of (w₁x² + w₂x - y)², its value where x = 3, and its tensors."""
    tensors = {"w1": leaf([1.0]), "w2": leaf([2.0]), "x": Tensor([3.0]), "y": Tensor([6.0])}
    w1, w2, x, y = tensors.values()

    def loss():
        y_pred = w1 * x**2 + w2 * x
        return (y_pred - y) ** 2

    return from_tape(loss, tensors), tensors


def test_values_gradients_and_products():
    graph, tensors = parabola()
    common = [node.common for node in graph.nodes if node.kind == "operation"]
    assert common == ["power", "multiply", "multiply", "add", "subtract", "power"]
    assert graph[graph.output].value == 81
    assert {name: node.gradient for name, node in graph.parameters.items()} == {"w1": 162, "w2": 54}
    assert {node.name for node in graph.nodes if node.kind == "input"} == {"x", "y"}
    by_w2 = graph[graph.parameters["w2"].id]
    ((user, edge),) = graph.users[by_w2.id]
    assert (user.common, edge.local, edge.product) == ("multiply", 3, 54)
    assert tensors["w1"].grad is None  # as it was


def test_a_gradient_is_the_sum_of_what_its_users_hand_back():
    w = leaf(np.array([[1.0, -2.0], [3.0, 0.5]]))
    graph = from_tape(lambda: ((w @ w).tanh() * w).sum(), {"w": w})
    for node in graph.nodes:
        if node.gradient is not None and node.id != graph.output:
            products = [edge.product for _, edge in graph.users[node.id]]
            np.testing.assert_allclose(node.gradient, sum(products), rtol=1e-14)
    assert len(graph.users[graph.parameters["w"].id]) == 3


def test_the_way_back_is_the_latest_first():
    graph, _ = parabola()
    names = [graph[id].name or graph[id].common for id in graph.backward]
    assert names == ["power", "subtract", "add", "multiply", "w2", "multiply", "w1"]


def test_the_line_of_the_program():
    graph, _ = parabola()
    places = [node.place for node in graph.nodes if node.kind == "operation"]
    assert all(place.file == __file__ and place.function == "loss" for place in places)
    assert places[0].text == "y_pred = w1 * x**2 + w2 * x"
    assert places[-1].line == places[0].line + 1


def test_what_is_kept_and_shared():
    w, x = leaf(np.ones((2, 3))), Tensor(np.ones((4, 3)))
    graph = from_tape(lambda: ((x @ w.T).exp() * (x @ w.T).exp()).sum(), {"w": w, "x": x})
    kept = [s for node in graph.nodes for s in node.saved]
    assert {(s.name, s.bytes) for s in kept} == {
        ("self", 96),
        ("self", 64),
        ("other", 64),
        ("result", 64),
    }
    of_x = {s.storage for s in kept if s.source and graph[s.source].name == "x"}
    assert len(of_x) == 1  # twice, and once in memory
    assert graph.saved_bytes() == 96 + 2 * 64  # a result and the factor that it becomes are one


def test_what_has_no_way_back():
    w = leaf([2.0])

    def loss():
        with no_grad():
            scale = w * 3
        a = w * scale
        a += w.detach()
        return a * a.data

    graph = from_tape(loss, {"w": w})
    commons = [node.common for node in graph.nodes if node.kind == "operation"]
    assert commons == ["multiply", "multiply", "stop", "add", "stop", "multiply"]
    assert graph.parameters["w"].gradient == 14 * 6
    unwalked = [
        node.common for node in graph.nodes if node.kind == "operation" and not node.backward
    ]
    assert unwalked == ["multiply", "stop", "stop"]


def test_a_convolutional_net():
    from lessons.l10_basic_cnn import taped

    net = taped.program(find("l10").config(), np.float64)
    x, y = Tensor(np.random.default_rng(0).normal(size=(2, 1, 28, 28))), Tensor(np.array([3, 7]))
    graph = from_tape(lambda: net.loss((x, y)), net.parameters | {"x": x, "y": y})
    assert all(node.gradient.shape == node.shape for node in graph.parameters.values())
    commons = [node.common for node in graph.nodes if node.kind == "operation"]
    assert commons[:3] == ["convolution", "max_pool", "relu"]
    (read,) = (node for node in graph.nodes if node.operation == "Gather")
    assert graph[read.inputs[1].source].name == "y"  # the classes come in, too
    assert {node.scope[0] for node in graph.nodes if node.kind == "operation"} == {"loss"}
    net.loss((x, y)).backward()
    for name, node in graph.parameters.items():
        np.testing.assert_array_equal(node.gradient, net.parameters[name].grad.array)


def test_a_slot_that_was_full_keeps_what_was_in_it():
    w = Tensor(3.0, requires_grad=True)
    (w * w).backward()
    graph = from_tape(lambda: w * w, {"w": w})
    assert (w.grad.item(), graph.parameters["w"].gradient) == (6.0, 6.0)
