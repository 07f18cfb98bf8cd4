"""Recordings: which line did what, which value is which, how long what is kept; the page's text."""

import json
import re
import types
from importlib.resources import files
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.autograd.alone import pieces
from jaxdl.autograd.graph import Edge, Graph, Node, Saved, numbers
from jaxdl.autograd.kept import kept
from jaxdl.autograd.page import page
from jaxdl.autograd.pictures import SIDE, picture
from jaxdl.autograd.recording import record
from jaxdl.autograd.ties import tie
from jaxdl.autograd.watch import changes
from jaxdl.autograd.worlds import jax_world

HERE = str(Path(__file__))


def moved(thing):
    """Two lines that change something, a call, and one that fails."""
    thing.data = thing.data - 1
    filled(thing)
    thing.grad = None
    raise ValueError("refused")


def filled(thing):
    thing.grad = np.float32([5.0])


def test_a_change_belongs_to_its_line_and_the_error_is_told():
    thing = types.SimpleNamespace(data=np.float32([3.0]), grad=None)
    look = lambda: {"data": {"w": thing.data.copy()}, "grad": {"w": thing.grad}}  # noqa: E731
    events, error = changes(lambda: moved(thing), {HERE}, look)
    assert [(event.what, event.place.text) for event in events] == [
        ("data", "thing.data = thing.data - 1"),
        ("grad", "thing.grad = np.float32([5.0])"),
        ("grad", "thing.grad = None"),
    ]
    assert events[1].before is None
    assert str(error) == "refused"
    assert changes(lambda: None, {HERE}, look) == ([], None)


def values(framework, *arrays, names=()):
    """A graph of values in a row, the first of them parameters with these names."""
    nodes = [
        Node(
            f"n{i}",
            "parameter" if i < len(names) else "operation",
            "",
            "",
            (Edge(f"n{i - 1}"),) if i else (),
            np.shape(array),
            "float32",
            np.float32(array),
            name=names[i] if i < len(names) else "",
        )
        for i, array in enumerate(arrays)
    ]
    return Graph(framework, tuple(nodes), nodes[-1].id)


def test_values_are_tied_by_what_they_are_and_in_their_order():
    a = np.arange(6.0).reshape(2, 3)
    left = values("torch", a, a + 1, 2 * a, [7.0], a + 1, names=["fc.weight"])
    right = values("jax", a.T, a + 1, a + 50, (2 * a).T, 7.0, a + 1, names=["fc.kernel"])
    assert tie(left, right, {"fc.weight": "fc.kernel"}) == [
        ("n0", "n0", "transposed"),
        ("n1", "n1", "equal"),
        ("n2", "n3", "transposed"),
        ("n3", "n4", "reshaped"),
        ("n4", "n5", "equal"),
    ]


def test_what_has_no_counterpart_says_why():
    """PyTorch's addmm is a product and a sum in JAX; its mean is one operation, JAX's are two."""

    def graph(framework, *told):
        nodes = [
            Node(id, "operation" if common else "constant", common, common, edges, (), "float32")
            for id, common, *sources in told
            for edges in [tuple(Edge(source) for source in sources)]
        ]
        return Graph(framework, tuple(nodes), told[-1][0])

    left = graph(
        "torch", ("x", ""), ("t", "transpose", "x"), ("a", "addmm", "x", "t"), ("m", "mean", "a")
    )
    right = graph(
        "jax", ("x", ""), ("n", ""), ("p", "matmul", "x"), ("b", "broadcast", "n"),
        ("a", "add", "p", "b"), ("d", "exp", "a"), ("s", "sum", "a"), ("q", "square", "s"),
        ("m", "divide", "q", "n"),
    )  # fmt: skip
    ties = {"x": "x", "a": "a", "m": "m"}
    assert pieces(left, right, ties) == {"t": ("layout", [])}
    assert pieces(right, left, ties) == {
        "n": ("constant", []),
        "p": ("fused", ["a"]),
        "b": ("layout", []),
        "d": ("dead", []),
        "s": ("fused", ["m"]),
        "q": ("fused", ["m"]),
    }
    assert pieces(right, right, {"x": "x", "m": "m"})["s"] == (
        "decomposed",
        ["p", "a", "s", "q", "m"],
    )


def test_what_is_kept_ends_with_the_last_that_needs_it():
    saved = lambda storage, source: Saved("self", (2,), "float32", 8, storage, source)  # noqa: E731
    leaf = Node("w", "parameter", "", "", (), (2,), "float32", name="w")
    one = Node("a", "operation", "mul", "multiply", (), (2,), "float32", saved=(saved(1, "w"),))
    two = Node(
        "b", "operation", "exp", "exp", (), (2,), "float32", saved=(saved(2, "b"), saved(3, None))
    )
    three = Node("c", "operation", "sin", "sin", (), (2,), "float32", saved=(saved(2, "b"),))
    graph = Graph("torch", (leaf, one, two, three), "c", ("c", "b", "a"))
    assert [(e["storage"], e["from"], e["until"], e["parameter"]) for e in kept(graph)] == [
        (1, "a", "a", True),
        (2, "b", "b", False),
        (3, "b", "b", False),
    ]
    assert sum(e["bytes"] for e in kept(graph) if not e["parameter"]) == graph.saved_bytes()


def test_pictures_are_of_large_values_alone():
    assert picture(np.ones(64)) is None
    large = picture(np.linspace(-2, 1, 3000).reshape(3, 1000))
    assert (large["rows"], large["columns"], large["largest"]) == (3, SIDE, 2.0)


def test_what_has_no_numbers_and_what_is_infinite():
    """JAX's float0, and a mask of attention."""
    nothing = np.zeros(100, jax.dtypes.float0)
    assert numbers(nothing) is None
    assert picture(nothing) is None
    mask = np.float32([[0, -np.inf]])
    assert tie(values("torch", mask), values("jax", mask + 1, mask)) == [("n0", "n1", "equal")]


def loss(params, batch):
    x, y = batch
    return jnp.sum((x * params["w"] - y) ** 2)


def step(params, batch):
    value, gradient = jax.value_and_grad(loss)(params, batch)
    params = jax.tree.map(lambda w, slope: w - 0.1 * slope, params, gradient)
    return params, value


def recorded():
    batches = [(np.float32(i), np.float32(2 * i)) for i in (1, 2)]
    world = jax_world(loss, {"w": jnp.float32(1)}, step, batches, [Path(HERE)])
    return record([world], steps=2, title="mine")


def test_a_functional_program_alone():
    recording = recorded()
    first, second = recording.steps
    (update,) = first.updates["jax"]
    assert (update.name, float(update.before), float(update.gradient)) == ("w", 1.0, -2.0)
    assert float(update.after) == np.float32(1.2)
    assert second.updates["jax"][0].before == update.after
    names = [(event.name, event.place.text.partition(" = ")[0]) for event in first.events["jax"]]
    assert names == [
        ("value", "value, gradient"),
        ("gradient.w", "value, gradient"),
        ("params.w", "params"),
    ]
    assert first.loss == {"jax": 1.0}


def test_a_page_is_whole_and_its_own():
    text = page(recorded())
    assert text == page(recorded().to_json())
    assert len(text.encode()) < 1_000_000
    told = re.search(r'id="recording">(.*?)</script>', text, re.DOTALL)[1]
    asks = r"""(?:src|href)=["'](?!data:|#)|url\(|@import|\bfetch\("""
    assert re.findall(asks, text.replace(told, "")) == []
    assert json.loads(told)["steps"][0]["loss"] == {"jax": 1.0}
    assert HERE not in text  # no path of this machine's


def test_the_words_are_the_same_in_both_languages():
    here = files("jaxdl.autograd.page")
    english, chinese = (json.loads((here / f"words.{x}.json").read_text()) for x in ("en", "zh"))
    assert english.keys() == chinese.keys()
    for key, words in english.items():
        assert set(re.findall(r"\{\w+\}", words)) == set(re.findall(r"\{\w+\}", chinese[key])), key
    script = "".join(f.read_text() for f in here.iterdir() if f.name.endswith(".js"))
    script += (here / "template.html").read_text()
    asked = set(re.findall(r"""\bt\("(\w+)\"""", script))
    asked |= set(re.findall(r'data-words(?:-label|-placeholder)?="(\w+)"', script))
    assert {key for key in asked if not key.endswith("_")} <= english.keys()
