"""From a program, its gradient's and all their values to the nodes of the common form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.autograd._jax_flat import MARK, Atom, Flat, Line, read
from jaxdl.autograd._jax_gradient import Gradient
from jaxdl.autograd._jax_local import Known, handed_back
from jaxdl.autograd._jax_names import common, name_of
from jaxdl.autograd.graph import Edge, Node, Saved

_MARKED = re.compile(f"{MARK}(\\d+)")


@dataclass
class Nodes:
    """The nodes by id, in their order."""

    by_id: dict[str, Node] = field(default_factory=dict)
    ways_back: Known = field(default_factory=dict)

    def add(self, kind: Any, aval: Any, **fields: Any) -> str:
        """A new node's id. `aval`: its shape and dtype; None: it stands for several values."""
        id = f"n{len(self.by_id)}"
        shape, dtype = ((), "") if aval is None else (tuple(aval.shape), str(aval.dtype))
        plain: dict[str, Any] = {"operation": "", "common": "", "inputs": ()}
        own = {"id": id, "kind": kind, "shape": shape, "dtype": dtype}
        self.by_id[id] = Node(**own, **(plain | fields))
        return id

    def change(self, id: str, **fields: Any) -> None:
        """Set what is known only when later nodes are there."""
        self.by_id[id] = replace(self.by_id[id], **fields)

    def line(
        self, line: Line, edges: Sequence[Edge], results: Sequence[dict[str, Any]], **fields: Any
    ) -> tuple[str, list[str]]:
        """The node of a line, and those of its results: it is its own only result, or has parts."""
        operation = {"operation": line.eqn.primitive.name, "common": common(line.eqn)}
        operation |= {"name": name_of(line.eqn), "inputs": tuple(edges)}
        if len(results) == 1:
            id = self.add("operation", **operation, **results[0], **fields)
            return id, [id]
        whole = self.add("operation", None, **operation, **fields)
        return whole, self.parts(whole, results, **fields)

    def parts(self, whole: str, results: Sequence[dict[str, Any]], **fields: Any) -> list[str]:
        """The nodes of the results of an operation that has several."""
        part = {"operation": "getitem", "inputs": (Edge(whole),)} | fields
        return [self.add("operation", **part, **result) for result in results]


def array(value: Any) -> np.ndarray | None:
    """A value as NumPy has it; of a random key, its numbers; None of an integer's gradient."""
    if jax.typeof(value).dtype == jax.dtypes.float0:
        return None
    if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
        value = jax.random.key_data(value)
    return np.asarray(value)


@dataclass
class Forward:
    """A forward program with what is known of its values, by their numbers.

    Args:
        program: itself.
        values: each value.
        gradients: of those that a gradient reaches.
        nodes: the node of each value that has one.
        lines: the node of each line that has one.
    """

    program: Flat
    values: dict[int, Any]
    gradients: dict[int, Any]
    nodes: dict[int, str] = field(default_factory=dict)
    lines: dict[int, str] = field(default_factory=dict)

    def result(self, out: int) -> dict[str, Any]:
        """The fields of the node that is a value."""
        gradient = array(self.gradients[out]) if out in self.gradients else None
        value = array(self.values[out])
        return {"aval": self.program.avals[out], "value": value, "gradient": gradient}


def known(program: Flat, found: Gradient, values: Mapping[int, Any]) -> Forward:
    """The forward program with what the gradient's program computed."""

    def those(atoms: Mapping[Any, Atom]) -> dict[Any, Any]:
        return {key: read(values, atom) for key, atom in atoms.items()}

    return Forward(program, those(found.values), those(found.gradients))


def taken(program: Flat) -> Counter[int]:
    """How often each value is taken, by a line or by the caller."""
    atoms = [atom for line in program.lines for atom in line.atoms]
    return Counter(atom for atom in (*atoms, *program.outputs) if isinstance(atom, int))


def results_of(line: Line, used: Counter[int]) -> list[int]:
    """Of the results of a line, which to show; of one that is dead, the first."""
    outs = [out for out in line.outs if out is not None]
    return [out for out in outs if out in used] or outs[:1]


def add_forward(
    nodes: Nodes, forward: Forward, line: Line, used: Counter[int], **fields: Any
) -> None:
    """The nodes of a line of the forward pass, its constants included."""
    results = results_of(line, used)
    if not results:  # an effect alone
        return
    products, slopes = _products(nodes, forward, line, used)
    edges = []
    for i, atom in enumerate(line.atoms):
        if isinstance(atom, int):
            source = forward.nodes[atom]
        else:
            source = nodes.add("constant", atom.aval, value=array(atom.val), **fields)
        product = products.get(i)
        product = None if product is None else array(product)
        edges.append(Edge(source, slopes.get(i), product))
    fields |= {"place": line.place, "scope": line.scope}
    own, parts = nodes.line(line, edges, [forward.result(out) for out in results], **fields)
    forward.lines[line.number] = own
    forward.nodes.update(zip(results, parts, strict=True))


def add_constants(nodes: Nodes, forward: Forward, **fields: Any) -> None:
    """The nodes of what a program closes over."""
    for number in forward.program.constants:
        if number not in forward.nodes:
            forward.nodes[number] = nodes.add("constant", **forward.result(number), **fields)


def _products(
    nodes: Nodes, forward: Forward, line: Line, used: Counter[int]
) -> tuple[dict[int, Any], dict[int, float]]:
    """What a line adds to the gradient of each input, and its derivatives that are one number.

    To the gradient of a value that is taken once the line adds all of it.
    """
    given = forward.gradients
    seeds = {i: given[out] for i, out in enumerate(line.outs) if out in given}
    atoms = {i: atom for i, atom in enumerate(line.atoms) if isinstance(atom, int)}
    sources = {i: atom for i, atom in atoms.items() if atom in given}
    if not seeds or not sources:
        return {}, {}
    inputs = [read(forward.values, atom) for atom in line.atoms]
    if all(used[atom] == 1 for atom in sources.values()):
        products = {i: given[atom] for i, atom in sources.items()}
    else:
        found = handed_back(line.eqn, inputs, seeds, nodes.ways_back)
        products = {i: found[i] for i in sources if i in found}
    single = [i for i in products if np.size(inputs[i]) == 1]
    if len(line.outs) > 1 or np.size(seeds[0]) > 1 or not single:
        return products, {}
    one = np.ones(np.shape(seeds[0]), seeds[0].dtype)
    found = handed_back(line.eqn, inputs, {0: one}, nodes.ways_back)
    slopes = {i: array(found[i]) for i in single}
    return products, {i: slope.item() for i, slope in slopes.items() if slope is not None}


@dataclass
class Backward:
    """The gradient's program, its values, and the node of each value that has one."""

    program: Flat
    values: Mapping[int, Any]
    nodes: dict[int, str] = field(default_factory=dict)

    def node(self, nodes: Nodes, atom: Atom, **fields: Any) -> str:
        """The node of an atom; a new one of a number, or of a constant that is seen first."""
        if isinstance(atom, int) and atom in self.nodes:
            return self.nodes[atom]
        aval = self.program.avals[atom] if isinstance(atom, int) else atom.aval
        value = array(read(self.values, atom))
        id = nodes.add("constant", aval, value=value, phase="backward", **fields)
        if isinstance(atom, int):
            self.nodes[atom] = id
        return id


def turning_point(found: Gradient) -> int:
    """The line of the gradient's program with which the way back begins."""
    made = {out: line.number for line in found.program.lines for out in line.outs}
    there = (*found.values.values(), *found.residuals)
    return max((made.get(atom, -1) for atom in there if isinstance(atom, int)), default=-1) + 1


def order(forward: Flat, found: Gradient) -> list[tuple[int, bool, int]]:
    """When each line is computed: (line of the gradient's program, not forward, its own number).

    A line of the forward pass stands where the gradient's program has its last result; and after
    the lines whose values it takes, should its result be one of theirs.
    """
    program = found.program
    made = {out: line.number for line in program.lines for out in line.outs if out is not None}
    first = dict.fromkeys((*forward.inputs, *forward.constants), -1)
    times = []
    for line in forward.lines:
        outs = [out for out in line.outs if out is not None]
        when = [first[atom] for atom in line.atoms if isinstance(atom, int)]
        atoms = [found.values[out] for out in outs]
        when += [made.get(atom, -1) for atom in atoms if isinstance(atom, int)]
        time = max(when, default=-1)
        first.update(dict.fromkeys(outs, time))
        times.append((time, False, line.number))
    return sorted([*times, *((line.number, True, line.number) for line in program.lines)])


def build(
    nodes: Nodes,
    forward: Forward,
    found: Gradient,
    values: Mapping[int, Any],
    opened: Callable[[Forward, Line], None],
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The nodes of both programs, those of the arguments being there.

    Returns:
        The ids of the way back's; and which of them are what a forward node is, computed again.
    """
    program = found.program
    backward = Backward(program, values)
    owner: dict[int, int] = {}  # the gradient's program's value -> the forward pass's
    for number, atom in found.values.items():
        if isinstance(atom, int):
            owner.setdefault(atom, number)
    add_constants(nodes, forward)
    backward.nodes |= {atom: forward.nodes[n] for atom, n in owner.items() if n in forward.nodes}
    used, used_back = taken(forward.program), taken(program)
    way_back: list[str] = []
    again: dict[str, str] = {}
    turning = turning_point(found)
    for _, late, number in order(forward.program, found):
        if not late:
            line = forward.program.lines[number]
            add_forward(nodes, forward, line, used)
            for out in line.outs:
                atom = None if out is None else found.values[out]
                if isinstance(atom, int) and out in forward.nodes:
                    backward.nodes.setdefault(atom, forward.nodes[out])
            if line.number in forward.lines:
                opened(forward, line)
            continue
        line = program.lines[number]
        mark = _MARKED.search(line.names)
        owned = forward.program.lines[int(mark[1])] if mark else line
        of = line if line.checkpointed else owned
        fields = {"place": of.place, "scope": of.scope, "phase": "backward"}
        results = [out for out in results_of(line, used_back) if out not in backward.nodes]
        if not results:
            continue
        shown = [{"aval": program.avals[o], "value": array(values[o])} for o in results]
        whole = [out for out in line.outs if out in owner and owner[out] in forward.nodes]
        if whole:  # the forward operation's own equation, which gives more than its results
            id = next(
                i
                for i, out in forward.lines.items()
                if owner[whole[0]] in forward.program.lines[i].outs
            )
            parts = nodes.parts(forward.lines[id], shown, **fields)
        else:
            edges = [Edge(backward.node(nodes, atom)) for atom in line.atoms]
            _, parts = nodes.line(line, edges, shown, **fields)
        backward.nodes.update(zip(results, parts, strict=True))
        if number >= turning:
            way_back += parts
            if line.checkpointed and owned.number in forward.lines:
                again |= _again(nodes, forward.lines[owned.number], parts, again)
    _tie_gradients(nodes, forward, found, backward)
    _keep(nodes, forward, found, backward)
    return tuple(way_back), again


def _again(
    nodes: Nodes, parent: str, parts: Sequence[str], known: Mapping[str, str]
) -> dict[str, str]:
    """Which node inside of a checkpoint has the value that one of these has: id -> id."""
    found = {}
    for part in (nodes.by_id[id] for id in parts):
        for node in nodes.by_id.values():
            alike = node.parent == parent and node.operation == part.operation
            if alike and node.id not in (*known, *found) and _equal(node.value, part.value):
                found[node.id] = part.id
                break
    return found


def _equal(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    if a is None or b is None or a.shape != b.shape or a.dtype != b.dtype:
        return False
    return a.tobytes() == b.tobytes()


def _tie_gradients(nodes: Nodes, forward: Forward, found: Gradient, backward: Backward) -> None:
    """Give each node the id of the backward node that is its gradient."""
    for number, atom in found.gradients.items():
        if number in forward.nodes and isinstance(atom, int):
            nodes.change(forward.nodes[number], gradient_id=backward.nodes[atom])


def _keep(nodes: Nodes, forward: Forward, found: Gradient, backward: Backward) -> None:
    """Give each node what the way back takes over from the way there for it."""
    users: dict[int, list[str]] = {}
    for line in found.program.lines[turning_point(found) :]:
        mark = _MARKED.search(line.names)
        if mark and int(mark[1]) in forward.lines:
            for atom in line.atoms:
                if isinstance(atom, int):
                    users.setdefault(atom, []).append(forward.lines[int(mark[1])])
    kept: dict[str, list[Saved]] = {}
    for storage, atom in enumerate(found.residuals):
        source = backward.node(nodes, atom)
        node = nodes.by_id[source]
        aval = found.program.avals[atom]
        size = aval.size * aval.dtype.itemsize
        name = node.name or node.operation
        saved = Saved(name, node.shape, node.dtype, size, storage, source)
        for taker in dict.fromkeys(users.get(atom, [])) or [source]:
            kept.setdefault(taker, []).append(saved)
    for id, saved in kept.items():
        nodes.change(id, saved=tuple(saved))
