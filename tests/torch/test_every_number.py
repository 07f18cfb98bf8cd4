"""In a recording's JSON every number is the framework's own; the two agree where they are tied."""

import json
from collections import Counter
from dataclasses import replace

import jax
import numpy as np
import pytest

from jaxdl.autograd.from_jaxpr import named_leaves
from jaxdl.autograd.recording import record
from jaxdl.autograd.ties import AXES
from jaxdl.course.autograd import functional_world, imperative_world, leaf_names
from jaxdl.parity.tolerances import TOLERANCES, relative_error
from tests.soak import whole_or
from tests.torch.lessons_small import NETS, SUITE, config_of, programs
from tests.torch.oracles import jax_oracle, told, torch_oracle


def recorded(lesson, config, precision):
    """Both graphs of the first step, which is not taken: the recording, and its JSON read again."""
    worlds = [
        imperative_world(lesson, config, precision),
        functional_world(lesson, config, precision),
    ]
    worlds = [replace(world, step=lambda batch: (None, [], None)) for world in worlds]
    names = leaf_names(lesson.parameter_map(config))
    recording = record(worlds, steps=1, title=lesson.name, names=names, precision=precision)
    return recording.steps[0], json.loads(json.dumps(recording.to_json()))["steps"][0]


def rounded(value):
    """A value as JSON has it; a norm and a mean, which are sums, to 12 digits.

    A mean's terms may cancel, as those of the gradient of attention's keys do, of which nothing but
    rounding is left: its digits are those of the terms.
    """
    if not isinstance(value, dict) or isinstance(value["norm"], str):  # not finite: a word
        return value
    size = value["norm"] / value["elements"] ** 0.5
    mean = round(value["mean"] / size, 11) + 0.0 if size else value["mean"]  # + 0.0: no -0.0
    return value | {"norm": float(f"{value['norm']:.11e}"), "mean": mean}


def same(a, b):
    """To the bit; a norm and a mean to 12 digits."""
    return repr(rounded(a)) == repr(rounded(b))


def gave(results, shown):
    """Whether all that is shown of an operation is among its results."""
    in_line = lambda x: np.ravel(x).tolist() if isinstance(x, list) else x  # noqa: E731
    return all(any(same(x, y) or same(in_line(x), y) for y in results) for x in shown)


EMPTY = {"operation": "", "inputs": [], "value": None, "gradient": None, "dtype": ""}


def nodes_of(graph):
    """By id; JSON leaves out what says nothing."""
    return {node["id"]: EMPTY | node for node in graph["nodes"]}


def torch_is_told(graph, loss, model, batch):
    """Every operation is one that ran, with its results; every gradient is autograd's."""
    ran, edges, pairs, slots = torch_oracle(loss, model, batch)
    nodes = nodes_of(graph)
    given = [told(x) for _, taken, _ in ran for x in taken]
    waiting, parts = {}, {}
    for name, _, results in ran:
        waiting.setdefault(name, []).append([told(x) for x in results])
    for node in nodes.values():
        if node["operation"] == "getitem":
            parts.setdefault(node["inputs"][0]["source"], []).append(node)
    slopes = Counter()
    for node in nodes.values():
        if node["kind"] == "parameter":
            assert same(node["value"], told(dict(model.named_parameters())[node["name"]].detach()))
            assert same(node["gradient"], told(slots[node["name"]]))
        elif node["kind"] != "operation":
            assert node["gradient"] is None
            assert any(same(node["value"], value) for value in given)
        elif node["operation"] != "getitem":
            shown = [part["value"] for part in parts.get(node["id"], [node])]
            shown = [x for x in shown if x is not None]  # new memory has no value yet
            left = waiting[node["operation"]]
            place = next((i for i, one in enumerate(left) if gave(one, shown)), None)
            assert place is not None, (node, left)
            left.pop(place)
            if "backward" in node:
                found = [x["gradient"] for x in parts.get(node["id"], [node])]
                slopes[node["backward"], repr([rounded(x) for x in found if x is not None])] += 1
    theirs = Counter(
        (name, repr([rounded(told(x)) for x in found if x is not None])) for name, found in edges
    )
    assert slopes == theirs
    together = Counter(repr((rounded(n["value"]), rounded(n["gradient"]))) for n in nodes.values())
    for value, slope in pairs:
        assert together[repr((rounded(told(value)), rounded(told(slope))))]


def jax_is_told(graph, loss, params, batch):
    """Every equation is a node and every node an equation, with JAX's values and gradients."""
    lines, values, gradients, output, computed = jax_oracle(loss, params, batch)
    nodes = nodes_of(graph)
    forward = [node for node in nodes.values() if node["phase"] == "forward"]
    leaves = [node for node in forward if node["kind"] in ("parameter", "input")]
    at = {n: node["id"] for n, node in enumerate(leaves)}
    taken = {x for _, given, _ in lines for x in given if isinstance(x, int)} | {output}

    def key(source):
        node = nodes[source]
        if node["kind"] != "constant":
            return source
        return repr([] if node["value"] is None else node["value"])  # of no elements

    waiting = {}
    parts = {}
    for node in forward:
        if node["operation"] == "getitem":
            parts.setdefault(node["inputs"][0]["source"], []).append(node["id"])
        elif node["kind"] == "operation":
            known = node["operation"], *(key(edge["source"]) for edge in node["inputs"])
            waiting.setdefault(known, []).append(node["id"])
    for eqn, given, outs in lines:
        known = [
            at.get(x) or repr(told(values[x])) if isinstance(x, int) else repr(told(x.val))
            for x in given
        ]
        id = waiting[eqn.primitive.name, *known].pop(0)
        shown = [n for n in outs if n in taken] or outs[:1]
        at |= dict(zip(shown, parts.get(id, [id]), strict=True))
    assert not any(waiting.values())
    assert at[output] == graph["output"]
    for n, id in at.items():
        node = nodes[id]
        assert same(node["value"], told(values[n])), node
        if node["gradient"] is not None:
            assert same(node["gradient"], told(gradients[n])), node
        elif n in gradients:
            assert not np.any(gradients[n]), node  # none goes this way
        if "gradient_id" in node:
            assert nodes[node["gradient_id"]]["value"] == node["gradient"]
    shown = {repr(node["value"]) for node in nodes.values()}
    assert computed <= shown


def seen_as(a, b, how):
    """The left value as the right world keeps it."""
    if how != "transposed":
        return a.reshape(b.shape)
    ways = [a.transpose(axes) for axes in AXES[a.ndim]]
    return min((x for x in ways if x.shape == b.shape), key=lambda x: relative_error(x, b))


def agree(step, precision, parameter_map, params):
    """What is tied has one value and one gradient; and the parameters', carried by the map."""
    theirs, ours = step.graphs["torch"], step.graphs["jax"]
    within = TOLERANCES[precision, "gradient"]
    for a, b, how in step.ties:
        left, right = theirs[a], ours[b]
        if how == "named":  # its layer's rule has more to say than an order of axes: below
            continue
        assert relative_error(seen_as(left.value, right.value, how), right.value) <= within
        assert (left.gradient is None) == (right.gradient is None), (left, right)
        if left.gradient is not None:
            slope = seen_as(left.gradient, right.gradient, how)
            assert relative_error(slope, right.gradient) <= within, (left, right)
    held = parameter_map.to_torch(params)
    tied = parameter_map.tied  # PyTorch lists a tied parameter once
    buffers = {
        name: array
        for name, array in held.items()
        if name not in theirs.parameters and name not in tied
    }
    for what in ("value", "gradient"):
        carried = {name: getattr(node, what) for name, node in theirs.parameters.items()}
        for name, array in buffers.items():  # into which no gradient goes
            carried[name] = array if what == "value" else np.zeros_like(array)
        carried |= {name: carried[owner] for name, owner in tied.items()}
        for name, leaf in named_leaves(parameter_map.to_jax(carried, params)).items():
            assert relative_error(leaf, getattr(ours.parameters[name], what)) <= within, name


def counted(step, told):
    """Each value of the way there is tied or not, once, by a name; the loss is."""
    for world in ("torch", "jax"):
        named = [pair[world] for pair in told["tied"]] + [x["name"] for x in told["untied"][world]]
        assert len(named) == len(list(step.graphs[world].forward()))
        assert all(named)
    assert step.graphs["torch"].output in {a for a, _, _ in step.ties}


CASES = [(*case, precision) for case in NETS for precision in ("float32", "float64")]
# Each lesson in one precision, the next in the other, without those that take longest: the long
# form has all.
FEW = [
    (*case, "float32" if case[0].number % 2 else "float64")
    for case in SUITE
    if case[0].number not in (10, 11, 13, 15, 16, 18, 20)
]


@pytest.mark.parametrize(
    ("lesson", "net", "precision"),
    whole_or(FEW, CASES),
    ids=lambda it: it if isinstance(it, str) else it.name,
)
def test_every_number(lesson, net, precision):
    config = config_of(lesson, net)
    with jax.enable_x64(precision == "float64"):
        step, told = recorded(lesson, config, precision)
        theirs, ours = programs(lesson, config, precision)
        torch_is_told(told["graphs"]["torch"], *theirs)
        jax_is_told(told["graphs"]["jax"], *ours)
        agree(step, precision, lesson.parameter_map(config), ours[1])
        counted(step, told)
