"""The record of a PyTorch program brought into the common form: for `from_torch`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from jaxdl.autograd._torch_names import common
from jaxdl.autograd._torch_recorder import Recorder
from jaxdl.autograd._torch_values import Kept, Key, Step, Value
from jaxdl.autograd._torch_way_back import WayBack, single
from jaxdl.autograd.graph import Edge, Graph, Node, Saved


def assembled(recorder: Recorder, way: WayBack, output: Value, parameters: set[int]) -> Graph:
    """The graph.

    Args:
        recorder, way: of the way there and of the way back, which are over.
        output: the loss.
        parameters: the addresses of the parameters' storages.
    """
    return _Assembly(recorder, way, parameters).graph(output)


class _Assembly:
    def __init__(self, recorder: Recorder, way: WayBack, parameters: set[int]) -> None:
        self.recorder, self.way, self.parameters = recorder, way, parameters
        self.nodes: list[dict[str, Any]] = []
        self.ids: dict[Value | Step, str] = {}
        self.storages: dict[int, int] = {}

    def graph(self, output: Value) -> Graph:
        steps = [item for item in self.recorder.timeline if isinstance(item, Step)]
        output.used = True
        for step in steps:
            for value, _ in self._inputs(step):
                value.used = True
        for item in self.recorder.timeline:
            self._emit(item)
        self._parents(steps)
        self._saved(steps)
        return Graph(
            framework="torch",
            nodes=tuple(Node(**node) for node in self.nodes),
            output=self.ids[output],
            backward=tuple(id for key in self.way.order if (id := self._ran(key))),
            versions={"torch": torch.__version__},
            again={
                self.ids[step]: at
                for step, key in self.way.again.items()
                if self.ids[step] and (at := self._ran(key))
            },
        )

    def _inputs(self, step: Step) -> Iterator[tuple[Value, int | None]]:
        """What goes in, in the operation's order; by which of autograd's edges it goes back.

        An edge that belongs to no argument comes last: to the tensor that a view is of.
        """
        edges = list(self.way.edges.get(-1 if step.node is None else step.node, ()))
        for value, key in step.inputs:
            edge = next((e for e in edges if key is not None and e[2] == key), None)
            if edge is not None:
                edges.remove(edge)
            yield value, None if edge is None else edge[0]
        for index, value, _ in edges:
            yield value, index

    def _emit(self, item: Value | Step) -> None:
        """A value or a step, after what it takes in."""
        stack = [item]
        while stack:
            top = stack[-1]
            missing = []
            if isinstance(top, Step):
                needed = (value.step or value for value, _ in self._inputs(top))
                missing = [n for n in needed if n not in self.ids]
            if missing:
                stack += missing
                continue
            stack.pop()
            if top not in self.ids:
                self._operation(top) if isinstance(top, Step) else self._node(top, top.kind, top)

    def _operation(self, step: Step) -> None:
        if not step.outputs:  # it gave a number to Python: nothing here
            self.ids[step] = ""
            return
        used = [value for value in step.outputs if value.used] or step.outputs[:1]
        told = {
            "operation": step.name,
            "common": "call" if step.custom else common(step.name),
            "inputs": tuple(self._edge(step, *given) for given in self._inputs(step)),
            "backward": self.way.backward.get(step.node, "") if step.node is not None else "",
            "place": step.place,
            "scope": step.scope,
        }
        if len(used) == 1:
            self._node(step, "operation", used[0], **told)
            self.ids[used[0]] = self.ids[step]
            return
        self._node(step, "operation", None, **told)
        for value in used:
            edge = Edge(self.ids[step], None, self.way.gradient(value))
            told |= {"operation": "getitem", "common": "index", "inputs": (edge,), "backward": ""}
            self._node(value, "operation", value, **told)

    def _node(self, item: Value | Step, kind: str, value: Value | None, **told: Any) -> None:
        id = self.ids[item] = f"n{len(self.nodes)}"
        node = {"id": id, "kind": kind, "operation": "", "common": "", "inputs": ()}
        node |= {"shape": (), "dtype": "", "scope": ()}
        if value is not None:
            node |= {"shape": value.shape, "dtype": value.dtype, "name": value.name}
            node |= {"value": value.array, "gradient": self.way.gradient(value)}
        self.nodes.append(node | told)

    def _edge(self, step: Step, value: Value, index: int | None) -> Edge:
        source = self.ids[value]
        if index is None or step.node is None:
            return Edge(source)
        product = self.way.product(step.node, index)
        if product is None or not single(value.shape) or not single(step.outputs[0].shape):
            return Edge(source, None, product)
        return Edge(source, self.way.local(step.node, index), product)

    def _parents(self, steps: list[Step]) -> None:
        """What ran inside of a custom function is inside of its node: the last of that name."""
        custom = [step for step in steps if step.custom and step.node is not None]
        custom.sort(key=lambda step: step.node or 0)
        for step in steps:
            outer = [
                c for c in custom if c.name in step.functions and (c.node or 0) <= step.sequence
            ]
            if outer and self.ids[step] and outer[-1] is not step:
                self.nodes[int(self.ids[step][1:])]["parent"] = self.ids[outer[-1]]

    def _saved(self, steps: list[Step]) -> None:
        for step in steps:
            kept = [self._one_saved(name, one) for name, one in self.way.saved.get(step, ())]
            if kept:
                id = self.ids[step] or self.nodes[-1]["id"]
                node = self.nodes[int(id[1:])]
                node["saved"] = node.get("saved", ()) + tuple(kept)

    def _one_saved(self, name: str, kept: Kept) -> Saved:
        pointer = kept.storage.data_ptr()
        value = self.recorder.known.get(kept.seen)
        return Saved(
            name=name,
            shape=kept.shape,
            dtype=kept.dtype,
            bytes=kept.storage.nbytes(),
            storage=self.storages.setdefault(pointer, len(self.storages)),
            source=value and self.ids.get(value),
            parameter=pointer in self.parameters,
        )

    def _ran(self, key: Key) -> str:
        """The id of what a node of the way back belongs to."""
        item = self.way.steps.get(key[0]) if key[0] != "leaf" else None
        item = item or self.recorder.by_key.get(key)
        return "" if item is None else self.ids.get(item, "")
