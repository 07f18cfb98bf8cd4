"""JAX's programs in the common form: every number is the framework's own, bit for bit."""

import re
from collections import Counter
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from jax import lax
from jax.ad_checkpoint import print_saved_residuals

from jaxdl.autograd.from_jaxpr import from_jax
from jaxdl.autograd.saved_jax import Source, saved_jax
from jaxdl.course.registry import find, lessons
from jaxdl.errors import InputError
from tests.soak import whole_or


def own_gradients(loss, params, batch):
    """The gradient as JAX computes it, operation by operation."""
    with jax.disable_jit():
        value, back = jax.value_and_grad(lambda p: loss(p, batch).reshape(()), allow_int=True)(
            params
        )
    return value, [np.asarray(leaf) for leaf in jax.tree.leaves(back)]


def check(loss, params, batch, *, opened=False, residuals=True):
    """All that holds of every graph; the graph."""
    graph = from_jax(loss, params, batch, opened=opened)
    value, gradients = own_gradients(loss, params, batch)
    np.testing.assert_array_equal(graph[graph.output].value.reshape(()), value)
    for node, gradient in zip(graph.parameters.values(), gradients, strict=True):
        if gradient.dtype == jax.dtypes.float0:  # an integer has none
            assert node.gradient is None
        else:
            np.testing.assert_array_equal(node.gradient, gradient, node.name)
    coherent(graph)
    if residuals:
        own, literals = own_residuals(loss, params, batch)
        assert sizes(graph) == own
        saved = saved_jax(loss, params, batch, compiled=False)
        assert Counter((r.shape, r.dtype) for r in saved.residuals) == own + literals
        assert saved.bytes() - saved.bytes("literal") == graph.saved_bytes(parameters=True)
    return graph


def coherent(graph):
    """Inputs stand before; products add up to the gradient; the backward node has its value."""
    seen = set()
    for node in graph.nodes:
        assert all(edge.source in seen for edge in node.inputs)
        seen.add(node.id)
        if node.gradient is not None:
            assert node.gradient.shape == node.shape
            assert str(node.gradient.dtype) == node.dtype
        if node.gradient_id:
            np.testing.assert_array_equal(graph[node.gradient_id].value, node.gradient)
    for node in graph.forward():
        users = [(user, edge) for user, edge in graph.users[node.id] if user.parent == node.parent]
        products = [edge.product for _, edge in users if edge.product is not None]
        if node.gradient is None:
            assert not products
        elif products:
            wide = [product.astype(np.float64) for product in products]
            size = sum(np.abs(product) for product in wide)
            rounding = 4 * float(jnp.finfo(node.dtype).eps) * size
            assert np.all(np.abs(sum(wide) - node.gradient.astype(np.float64)) <= rounding)


def sizes(graph):
    saved = {s.storage: s for node in graph.nodes for s in node.saved}
    return Counter((s.shape, s.dtype) for s in saved.values())


def own_residuals(loss, params, batch):
    def by_params_alone(params, batch):
        return loss(params, jax.tree.map(lax.stop_gradient, batch))

    with redirect_stdout(StringIO()) as listed:
        print_saved_residuals(by_params_alone, params, batch)
    kept, literals = Counter(), Counter()
    for line in listed.getvalue().splitlines():  # f32[3,4] from the argument x
        kind, bits, lengths, source = re.fullmatch(r"([a-z]+)(\d*)\[([\d,]*)\] (.*)", line).groups()
        shape = tuple(int(length) for length in lengths.split(",") if length)
        count = literals if source == "from a literal" else kept
        count[shape, KINDS[kind] + bits] += 1
    return kept, literals


KINDS = {"f": "float", "bf": "bfloat", "i": "int", "u": "uint", "c": "complex", "bool": "bool"}


x = jnp.asarray([0.5, -1.0, 2.0], "float32")


def test_a_number_and_its_two_programs():
    def loss(w, batch):
        x, y = batch
        return (w * x - y) ** 2

    graph = check(loss, jnp.float32(1.0), (np.float32(2.0), np.float32(4.0)))
    multiply, subtract, square = [n for n in graph.forward() if n.kind == "operation"]
    assert [multiply.common, subtract.common, square.common] == ["multiply", "subtract", "square"]
    assert (square.value, square.gradient, square.inputs[0].local) == (4.0, 1.0, -4.0)
    assert (multiply.inputs[0].local, multiply.inputs[0].product) == (2.0, -8.0)
    assert multiply.inputs[1].product is None  # the batch: no gradient goes this way
    assert graph.output == square.id
    assert multiply.place.text == "return (w * x - y) ** 2"
    assert multiply.place.function == "loss"
    assert multiply.scope[-1] == "loss"
    back = [graph[id] for id in graph.backward]
    assert back[-1].id == graph.parameters[""].gradient_id
    assert {node.place.text for node in back} == {"return (w * x - y) ** 2"}


def test_taps_add_nothing_to_the_program():
    def loss(w, x):
        y = jnp.where(x > 0, w * x, jnp.tanh(w))
        return jnp.mean(jax.nn.relu(y) * jnp.concatenate([y, y, y])[:3] + w)

    graph = from_jax(loss, x, x)
    with jax.disable_jit():
        plain = jax.make_jaxpr(jax.grad(loss))(x, x)
    own = Counter(n.operation for n in graph.nodes if n.kind == "operation")
    theirs = Counter(eqn.primitive.name for eqn in plain.eqns)
    del own["getitem"]
    assert own == theirs


def scan_loss(w, x):
    last, rows = lax.scan(lambda h, row: (jnp.tanh(w * h + row), h * row), jnp.zeros(3), x)
    return jnp.sum(last) + jnp.sum(rows)


def backwards_loss(w, x):
    def turn(carry, row):
        return carry * w["a"] + row, carry

    return jnp.sum(lax.scan(turn, w["b"], x, reverse=True)[1] ** 2)


def while_loss(w, x):
    steps = lax.while_loop(lambda n: n < 3, lambda n: n + 1, jnp.int32(0))
    return jnp.sum(w * x) * steps.astype(jnp.float32)


def loop_loss(w, x):
    return jnp.sum(lax.fori_loop(0, 3, lambda i, h: jnp.sin(h) * w + x, w))


def branch_loss(w, x):
    return lax.cond(x[0] > 0, lambda w: jnp.sum(w**3), lambda w: jnp.sum(jnp.cos(w)), w)


def checkpoint_loss(w, x):
    inside = jax.checkpoint(lambda w: jnp.sin(jnp.sin(w * x)))
    return jnp.sum(inside(w) * w)


def policy_loss(w, x):
    @partial(jax.checkpoint, policy=jax.checkpoint_policies.dots_saveable)
    def inside(w):
        return jnp.tanh(jnp.outer(w, x) @ jnp.tanh(w))

    return jnp.sum(inside(w))


@jax.custom_vjp
def clipped(w):
    return w * 2


clipped.defvjp(lambda w: (clipped(w), w > 0), lambda positive, g: (jnp.where(positive, g, 0.0),))


def custom_loss(w, x):
    return jnp.sum(clipped(w) * jax.nn.relu(w * jnp.float32(0)) + jax.nn.relu(w - w) + clipped(w))


def nested_loss(w, x):
    inner = jax.jit(lambda w: jnp.tanh(w) * jnp.where(x > 0, w, 1.0))
    return jnp.sum(jax.jit(lambda w: inner(w) + inner(2.0 * w))(w))


def constant_loss(w, x):
    return jnp.sum(w * np.arange(3, dtype="float32") + jnp.eye(3) @ w)


def key_loss(w, key):
    kept = jax.random.bernoulli(jax.random.fold_in(key, 1), 0.5, w.shape)
    return jnp.sum(jnp.where(kept, w / 0.5, 0.0) ** 2).reshape(1)


rows = jnp.stack([x, x + 1, x * 2, -x])

STRANGERS = {
    "scan": (scan_loss, x, rows),
    "backwards": (backwards_loss, {"a": x, "b": x + 1}, rows),
    "while": (while_loss, x, x),
    "loop": (loop_loss, x, x),
    "branch": (branch_loss, x, x),
    "checkpoint": (checkpoint_loss, x, x),
    "policy": (policy_loss, x, x),
    "custom": (custom_loss, x, x),
    "nested": (nested_loss, x, x),
    "constant": (constant_loss, x, x),
    "key": (key_loss, x, jax.random.key(0)),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers(name):
    check(*STRANGERS[name])


def added(nodes, source):
    """What the nodes add to the source's gradient."""
    edges = [edge for node in nodes for edge in node.inputs if edge.source == source]
    return sum(edge.product for edge in edges if edge.product is not None)


@pytest.mark.parametrize("name", ["scan", "backwards", "while", "loop", "branch", "checkpoint"])
def test_opened_inside_is_what_the_folded_node_computed(name):
    loss, params, batch = STRANGERS[name]
    graph = check(loss, params, batch, opened=True, residuals=False)
    operation = {"backwards": "scan", "loop": "scan", "branch": "cond", "checkpoint": "remat2"}
    parents = [n for n in graph.forward() if n.operation == operation.get(name, name)]
    assert parents
    for parent in parents:
        inside = [n for n in graph.nodes if n.parent == parent.id]
        assert inside
        for source in {edge.source for edge in parent.inputs if edge.product is not None}:
            inner, outer = added(inside, source), added([parent], source)
            np.testing.assert_allclose(inner, outer, rtol=1e-6)
    if operation.get(name, name) == "scan":
        turns = {n.turn for n in graph.nodes if n.parent == parents[0].id} - {None}
        assert turns == set(range(3 if name == "loop" else 4))


def test_a_function_with_a_derivative_of_its_own_shows_its_inside_without_gradients():
    graph = check(custom_loss, x, x, opened={"custom_vjp_call"}, residuals=False)
    parent = next(n for n in graph.forward() if n.operation == "custom_vjp_call")
    inside = [n for n in graph.nodes if n.parent == parent.id and n.kind == "operation"]
    assert [(n.common, n.gradient) for n in inside] == [("multiply", None)]
    np.testing.assert_array_equal(inside[0].value, parent.value)


def test_relu_is_known_by_what_is_inside():
    graph = from_jax(lambda w, x: jnp.sum(jax.nn.relu(w)), x, x)
    (relu,) = [n for n in graph.forward() if n.operation == "custom_jvp_call"]
    assert (relu.common, relu.name) == ("relu", "relu")


def test_leaves_that_have_no_gradient():
    params = {"w": x, "unused": x, "count": jnp.int32(3), "list": [x, (x,)]}

    def loss(p, batch):
        return jnp.sum(p["w"] * p["count"].astype(jnp.float32) + p["list"][1][0] * batch["x"][0])

    graph = check(loss, params, {"x": [x, jnp.arange(3)]})
    assert set(graph.parameters) == {"w", "unused", "count", "list.0", "list.1.0"}
    assert graph.parameters["count"].gradient is None
    np.testing.assert_array_equal(graph.parameters["unused"].gradient, np.zeros(3))
    assert [n.name for n in graph.nodes if n.kind == "input"] == ["x.0", "x.1"]


@pytest.mark.parametrize("dtype", ["bfloat16", "float64"])
def test_other_precisions(dtype):
    with jax.enable_x64(dtype == "float64"):
        w = x.astype(dtype)
        graph = check(lambda w, x: jnp.mean(jnp.tanh(w * x) ** 2), w, w)
        assert graph.parameters[""].gradient.dtype == w.dtype


class Net(nnx.Module):
    def __init__(self, rngs):
        self.first = nnx.Linear(3, 4, rngs=rngs)
        self.norm = nnx.BatchNorm(4, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)

    def __call__(self, x):
        return self.dropout(nnx.gelu(self.norm(self.first(x))))


def test_a_flax_net():
    definition, params, rest = nnx.split(Net(nnx.Rngs(0)), nnx.Param, ...)

    def loss(params, x):
        return jnp.mean(nnx.merge(definition, params, rest, copy=True)(x) ** 2)

    graph = check(loss, params, rows)
    assert set(graph.parameters) == {"first.kernel", "first.bias", "norm.scale", "norm.bias"}
    matmul = next(n for n in graph.forward() if n.common == "matmul")
    assert matmul.scope == ("loss", "Net", "Linear")
    assert matmul.place.text == "return self.dropout(nnx.gelu(self.norm(self.first(x))))"


def test_scopes_are_functions_jits_and_named_scopes():
    def loss(w, x):
        with jax.named_scope("head"):
            y = jax.jit(inner)(w * x)
        return jnp.sum(y)

    def inner(y):
        return jnp.sin(y)

    graph = from_jax(loss, x, x)
    by = {n.common: n.scope for n in graph.forward()}
    assert by["multiply"] == ("loss", "head")
    assert by["sin"] == ("loss", "head", "inner")


@pytest.mark.parametrize(
    ("loss", "params", "says"),
    [
        (lambda w, x: w * x, x, "must be of one element"),
        (lambda w, x: (jnp.sum(w), 1), x, "not an array"),
        (lambda w, x: jnp.sum(w > x), x, "floating-point"),
        (lambda w, x: jnp.sum(x), jnp.arange(3), "nothing to differentiate by"),
        (lambda w, x: jnp.sum(x), {"w": "text"}, "params.w is a str"),
        (lambda w, x: jnp.sum(jnp.abs(w)), lax.complex(x, x), "complex"),
    ],
)
def test_what_is_no_loss(loss, params, says):
    with pytest.raises(InputError, match=says):
        from_jax(loss, params, x)


def tiny(lesson, variant):
    """A lesson's loss, first parameters, and a batch: of three examples, where it has a size."""
    config = lesson.config(**lesson.variants[variant])
    program = lesson.program(config)
    batch = lesson.first_batch(config, program.examples())
    if lesson.batch and not lesson.per_example:
        batch = tuple(column[:3] for column in batch)
    return program.loss, program.init(jax.random.key(0)), batch


CASES = [
    (lesson.name, variant) for lesson in lessons()[1:] for variant in lesson.variants
]  # but for the first lesson's, which has no loss
FEW = [case for case in CASES if case[0] in ("l02", "l04", "l05", "l07", "l09", "l10", "l12")]
FEW = [next(case for case in FEW if case[0] == name) for name in dict(FEW)]


@pytest.mark.parametrize(("name", "variant"), whole_or(FEW, CASES))
def test_a_lesson(name, variant):
    graph = check(*tiny(find(name), variant))
    lines = [node for node in graph.nodes if node.kind == "operation"]
    # Where no gradient reaches a parameter JAX itself fills in zeros, for no line of the program.
    assert all(node.place or not np.any(node.value) for node in lines if node.phase == "backward")
    assert all(node.place for node in lines if node.phase == "forward")


@pytest.mark.parametrize("name", ["scan", "checkpoint", "policy"])
def test_compiled_memory_is_told_beside_the_residuals(name):
    loss, params, batch = STRANGERS[name]
    saved = saved_jax(loss, params, batch)
    assert saved.memory.arguments >= sum(leaf.nbytes for leaf in jax.tree.leaves((params, batch)))
    assert saved.memory.outputs >= sum(leaf.nbytes for leaf in jax.tree.leaves(params))
    assert saved.bytes("parameter") in (0, x.nbytes)
    assert saved.bytes() == sum(saved.bytes(source) for source in get_args(Source))


def test_checkpoint_keeps_less():
    plain = saved_jax(lambda w, x: jnp.sum(jnp.sin(jnp.sin(w * x)) * w), x, x, compiled=False)
    again = saved_jax(checkpoint_loss, x, x, compiled=False)
    assert again.bytes("operation") < plain.bytes("operation")
    assert {r.name for r in again.residuals if r.source == "parameter"} == {""}


def test_ten_thousand_nodes():
    def loss(w, x):
        for _ in range(1150):  # nine nodes a turn, with JAX 0.10 twelve
            w = jnp.tanh(w * x + x) - w
        return jnp.sum(w)

    start = jnp.asarray([-0.5, -1.0, 3.0], "float32")  # no gradient comes near 0 or infinity
    graph = from_jax(loss, start, start)
    assert len(graph.nodes) > 10_000
    coherent(graph)
