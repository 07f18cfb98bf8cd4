"""The tape's graph in the common form: the program is run once, and every operation looked at."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

import numpy as np

from jaxdl.autograd import tape
from jaxdl.autograd.graph import Edge, Graph, Kind, Node, Place, Saved
from jaxdl.autograd.tape import Link, Tensor

COMMON = {
    "Add": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "Div": "divide",
    "Neg": "negate",
    "Pow": "power",
    "Exp": "exp",
    "Log": "log",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Relu": "relu",
    "Mm": "matmul",
    "Sum": "sum",
    "Mean": "mean",
    "Max": "max",
    "Reshape": "reshape",
    "Stack": "reshape",  # a new axis; the tensors are then concatenated along it
    "Transpose": "transpose",
    "Index": "index",
    "Gather": "index",
    "Embedding": "embedding",
    "Cat": "concatenate",
    "LogSoftmax": "log_softmax",
    "Convolution": "convolution",
    "MaxPool2D": "max_pool",
    "Fill": "broadcast",
    "Detach": "stop",
}
"""The tape's operations, and the names by which they are known in all three graphs."""


def from_tape(loss: Callable[[], Tensor], names: Mapping[str, Tensor]) -> Graph:
    """What a program on the tape computes, forward and backward.

    The graph that the tape leaves behind has links but, like PyTorch's, no values: the program is
    run here and listened to. The `.grad` of its parameters is left as it was.

    Args:
        loss: computes the loss, of one element; it is called once, without arguments.
        names: the program's tensors by their names: its parameters are those that require a
            gradient, its inputs the others. What else it uses are constants.

    Returns:
        The graph. An edge's product is what the operation handed back to that input.

    Raises:
        RuntimeError: what the tape itself raises on the way back.
    """
    recording = _Recording(names, sys._getframe())
    tape.listeners.append(recording.listen)
    try:
        output = loss()
    finally:
        tape.listeners.remove(recording.listen)
    recording.walk(output)
    return Graph(
        framework="tape",
        nodes=tuple(recording.finished(step) for step in recording.steps),
        output=recording.known(output),
        backward=tuple(recording.gradients),
        versions={"numpy": np.__version__},
    )


@dataclass(frozen=True)
class _Step:
    """An operation of the program, or a leaf that it met."""

    node: Node
    links: Sequence[Link | None]  # of each input; None: no gradient goes there
    behind: tape.Node | None  # what was left on the result, or a leaf's slot


class _Recording:
    """What is seen of a program while it runs."""

    def __init__(self, names: Mapping[str, Tensor], caller: FrameType):
        self.names = {id(tensor): name for name, tensor in names.items()}
        self.caller = caller
        self.steps: list[_Step] = []
        self.ids: dict[int, str] = {}  # of a tensor, and of its array: the node of its value
        self.alive: list[Any] = list(names.values())  # so that no id is given out twice
        self.storages: dict[int, int] = {}
        self.parameters: set[int] = set()  # ids of the arrays that own their memory
        self.gradients: dict[str, np.ndarray] = {}  # by node, in the order of the way back

    def listen(self, name: str, result: Tensor, links: Sequence[Any]) -> None:
        """One operation, just done."""
        sources = [self.known(link[0]) for link in links]
        behind: Any = result.grad_fn if Tensor.recording else None
        ways: dict[int, Any] = {id(w.rule): w for w in behind.links} if behind else {}
        taken: list[Any] = [ways.get(id(rule)) for _, rule, *_ in links]
        kept: list[Tensor] = [tensor for way in taken if way for tensor, _ in way.saved]
        # What is kept and was there before came in, too: the classes, the rows of an embedding.
        for tensor in kept:
            there = id(tensor) in self.ids or id(tensor) in self.names
            if there and self.known(tensor) not in sources:
                sources.append(self.known(tensor))
                taken.append(None)
        self.add(result, "operation", name, sources, taken, behind)
        saved = self.saved(kept, result, sources[: len(links)])
        self.steps[-1] = replace(self.steps[-1], node=replace(self.steps[-1].node, saved=saved))

    def known(self, tensor: Tensor) -> str:
        """The node of a tensor's value; of a tensor that no operation made, a new one."""
        if id(tensor) in self.ids:
            return self.ids[id(tensor)]
        if id(tensor) not in self.names and id(tensor.array) in self.ids:
            return self.add(tensor, "operation", "Detach", [self.ids[id(tensor.array)]], [None])
        named = "input" if id(tensor) in self.names else "constant"
        if tensor.requires_grad:
            self.parameters.add(id(_owner(tensor.array)))
            return self.add(tensor, "parameter", behind=tensor.node)
        return self.add(tensor, named)

    def add(
        self,
        tensor: Tensor,
        kind: Kind,
        name: str = "",
        sources: Sequence[str] = (),
        links: Sequence[Link | None] = (),
        behind: tape.Node | None = None,
    ) -> str:
        """A new node, from now on that of the tensor's value."""
        place, scope = self.where() if kind == "operation" else (None, ())
        node = Node(
            id=f"n{len(self.steps)}",
            kind=kind,
            operation=name,
            common=COMMON[name] if name else "",
            inputs=tuple(Edge(source) for source in sources),
            shape=tensor.shape,
            dtype=str(tensor.dtype),
            value=tensor.array.copy(),
            name=self.names.get(id(tensor), "") if kind != "operation" else "",
            backward=behind.name if behind else "",
            place=place,
            scope=scope,
        )
        self.steps.append(_Step(node, links, behind))
        self.ids[id(tensor)] = self.ids[id(tensor.array)] = node.id
        self.alive += [tensor, tensor.array]
        return node.id

    def where(self) -> tuple[Place | None, tuple[str, ...]]:
        """The line of the program that is being executed, and the functions it stands in."""
        frames: list[FrameType] = []
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame is not self.caller:
            if frame.f_code.co_filename not in (tape.__file__, __file__):
                frames.insert(0, frame)
            frame = frame.f_back
        if not frames:
            return None, ()
        code, line = frames[-1].f_code, frames[-1].f_lineno
        text = linecache.getline(code.co_filename, line).strip()
        scope = (f.f_code.co_name for f in frames)
        place = Place(code.co_filename, line, code.co_name, text)
        return place, tuple(name for name in scope if name != "<lambda>")

    def saved(
        self, kept: Sequence[Tensor], result: Tensor, operands: Sequence[str]
    ) -> tuple[Saved, ...]:
        """What an operation keeps, each tensor once, by PyTorch's names."""
        found = {}
        for tensor in kept:
            owner = _owner(tensor.array)
            self.alive += [tensor, owner]
            source = self.ids.get(id(tensor)) or self.ids.get(id(tensor.array))
            name = "index"
            if tensor.array is result.array:
                name = "result"
            elif source in operands:
                name = ("self", "other")[min(operands.index(source), 1)]
            storage = self.storages.setdefault(id(owner), len(self.storages))
            found[id(tensor.array)] = Saved(
                name,
                tensor.shape,
                str(tensor.dtype),
                owner.nbytes,
                storage,
                source,
                parameter=id(owner) in self.parameters,
            )
        return tuple(found.values())

    def walk(self, output: Tensor) -> None:
        """Backward from the loss; each node's gradient is noted when it is whole."""
        leaves = [step.behind.leaf for step in self.steps if step.behind and step.behind.leaf]
        before = [leaf.grad for leaf in leaves]
        for leaf in leaves:
            leaf.grad = None  # the tape would add in the old slot's own memory
        hooked = [
            (step.behind.hooks, self.noting(step.node.id)) for step in self.steps if step.behind
        ]
        for hooks, hook in hooked:
            hooks.append(hook)
        try:
            output.backward(retain_graph=True)
        finally:
            for hooks, hook in hooked:
                hooks.remove(hook)
            for leaf, grad in zip(leaves, before, strict=True):
                leaf.grad = grad

    def noting(self, id: str) -> Callable[[Tensor], None]:
        """A hook that writes down a node's gradient."""

        def hook(gradient: Tensor) -> None:
            self.gradients[id] = gradient.array

        return hook

    def finished(self, step: _Step) -> Node:
        """A node with its gradient, and what goes back along its edges."""
        gradient = self.gradients.get(step.node.id)
        if gradient is None:
            return step.node
        edges = []
        for edge, link in zip(step.node.inputs, step.links, strict=True):
            if link is not None:
                single = gradient.size == 1 and int(np.prod(link.shape)) == 1
                local = link.product(np.ones_like(gradient)).item() if single else None
                edge = replace(edge, local=local, product=link.product(gradient))
            edges.append(edge)
        return replace(step.node, gradient=gradient, inputs=tuple(edges))


def _owner(array: np.ndarray) -> np.ndarray:
    """The array whose memory a view shows."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
