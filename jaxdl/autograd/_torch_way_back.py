"""What PyTorch does on the way back, node by node, and what it had saved: for `from_torch`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.autograd.function import BackwardCFunction
from torch.utils._python_dispatch import TorchDispatchMode

from jaxdl.autograd._torch_recorder import Recorder
from jaxdl.autograd._torch_values import Handle, Kept, Key, Step, Value, array_of, tensors


class WayBack:
    """The nodes that lead from the loss to its leaves, and what each handed on.

    Args:
        recorder: of the way there; it holds no tensor any more.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.steps: dict[int, Step] = {}  # by the sequence number of the node, as all that follows
        self.nodes: dict[int, Any] = {}
        self.backward: dict[int, str] = {}  # the nodes' names
        self.edges: dict[int, list[tuple[int, Value, Key]]] = {}  # index, what it leads to
        self.gradients: dict[int, tuple[torch.Tensor | None, ...]] = {}
        self.products: dict[int, tuple[torch.Tensor | None, ...]] = {}
        self.locals: dict[int, tuple[float | None, ...]] = {}
        self.leaves: dict[int, torch.Tensor] = {}  # the gradients, by the leaf's id
        self.saved: dict[Step, list[tuple[str, Kept]]] = {}
        self.order: list[Key] = []
        self.again: dict[Step, Key] = {}  # ran once more, when the way back stood at this node
        self._accumulate: dict[int, Any] = {}  # by the leaf's id
        self._arrays: dict[int, tuple[np.ndarray | None, torch.Tensor]] = {}

    def read(self, loss: torch.Tensor) -> None:
        """Every node from the loss down, its edges, its local derivatives, what it saved."""
        stack: list[Any] = [torch.autograd.graph.get_gradient_edge(loss).node]
        while stack:
            node = stack.pop()
            if hasattr(node, "variable"):
                self._accumulate[id(node.variable)] = node
            elif node._sequence_nr() not in self.nodes:
                self.nodes[node._sequence_nr()] = node
                self.backward[node._sequence_nr()] = node.name().rpartition("::")[2]
                stack += [fn for fn, _ in node.next_functions if fn is not None]
        for sequence in sorted(self.nodes):
            self.edges[sequence] = [
                (index, *self.recorder.edge(fn, nr))
                for index, (fn, nr) in enumerate(self.nodes[sequence].next_functions)
                if fn is not None
            ]
        self.steps = {
            item.node: item
            for item in self.recorder.timeline
            if isinstance(item, Step) and item.node is not None
        }
        names: dict[Handle, tuple[Step, str]] = {}
        for sequence, node in self.nodes.items():
            step = self.steps.get(sequence)
            if step is None:
                continue
            if step.custom:  # it gives no names
                continue
            if step.ours:
                names |= {handle: (step, name) for name, handle in self._names(node)}
                self._local(sequence, node)
        self._share_out(names)

    def _names(self, node: Any) -> list[tuple[str, Handle]]:
        """What the node calls the tensors it saved: whose handle does each attribute read?"""
        found: list[tuple[str, Handle]] = []
        for name in _saved_names(type(node)):
            self.recorder.read = []
            try:
                getattr(node, name)
                found += [(name.removeprefix("_saved_"), h) for h in self.recorder.read]
            finally:
                self.recorder.read = None
        return found

    def _share_out(self, names: dict[Handle, tuple[Step, str]]) -> None:
        """Each tensor that is still kept, to the operation that keeps it."""
        steps = [item for item in self.recorder.timeline if isinstance(item, Step)]
        makers: dict[int, Step] = {}  # the first that ran after a node was made ran for it
        for step in steps:
            makers.setdefault(step.sequence, step)
        makers |= self.steps
        for kept in self.recorder.kept:
            handle = kept.handle()
            if handle is None:
                continue
            if handle in names:
                step, name = names[handle]
            else:
                before = kept.sequence
                while before not in makers and before > 0:
                    before -= 1
                step, name = makers.get(before, steps[0]), ""
            self.saved.setdefault(step, []).append((name, kept))

    def _local(self, sequence: int, node: Any) -> None:
        """Derivatives by single elements: the node itself, given an upstream gradient of 1."""
        made = node._input_metadata
        own = node.name()[-1:].isdigit() and not isinstance(node, BackwardCFunction)
        if not own or len(made) != 1 or any(n != 1 for n in made[0].shape):
            return
        if not any(single(value.shape) for _, value, _ in self.edges[sequence]):
            return
        one = torch.ones(tuple(made[0].shape), dtype=made[0].dtype, device=made[0].device)
        with torch.no_grad():
            result: Any = node(one)  # type: ignore[operator]
        self.locals[sequence] = tuple(
            r.item() if r is not None and r.numel() == 1 else None
            for r in (result if isinstance(result, tuple) else (result,))
        )

    def back(self, loss: torch.Tensor) -> None:
        """Backward, watched; the leaves' slots are afterwards as they were."""
        leaves = self.recorder.leaves
        slots = {id: leaf.grad for id, leaf in leaves.items()}
        handles = []
        for sequence, node in self.nodes.items():
            handles.append(node.register_prehook(self._before(sequence)))
            handles.append(node.register_hook(self._after(sequence)))
        for id, node in self._accumulate.items():
            handles.append(node.register_prehook(self._reached(("leaf", id))))
        try:
            for leaf in leaves.values():
                leaf.grad = None
            with _Again(self) as ran:
                loss.backward()
            self._found_again(ran.seen)
            self.leaves = {id: x.grad for id, x in leaves.items() if x.grad is not None}
        finally:
            for id, leaf in leaves.items():
                leaf.grad = slots[id]
            for handle in handles:
                handle.remove()
            self.nodes.clear()
            self._accumulate.clear()

    def _before(self, sequence: int) -> Callable[[Any], None]:
        def hook(gradients: tuple[torch.Tensor | None, ...]) -> None:
            self.order.append((sequence, 0))
            self.gradients[sequence] = gradients

        return hook

    def _after(self, sequence: int) -> Callable[[Any, Any], None]:
        def hook(products: tuple[torch.Tensor | None, ...], _: Any) -> None:
            self.products[sequence] = products

        return hook

    def _reached(self, leaf: Key) -> Callable[[Any], None]:
        return lambda _: self.order.append(leaf)

    def _found_again(self, seen: list[tuple[str, np.ndarray | None, Key]]) -> None:
        """Which operation of the way there each is that ran in a checkpoint: the same result."""
        left = [
            item
            for item in self.recorder.timeline
            if isinstance(item, Step) and not item.ours and item.outputs
        ]
        for name, array, key in seen:
            for step in left:
                if step.name == name and _same(step.outputs[0].array, array):
                    self.again[step] = key
                    left.remove(step)
                    break

    # What it handed on ------------------------------------------------------------------------

    def gradient(self, value: Value) -> np.ndarray | None:
        """Of the loss by the value."""
        if value.key is None:
            return None
        if value.key[0] == "leaf":
            return self._array(self.leaves.get(value.key[1]))
        gradients = self.gradients.get(value.key[0], ())
        return self._array(gradients[value.key[1]]) if value.key[1] < len(gradients) else None

    def product(self, sequence: int, index: int) -> np.ndarray | None:
        """What the node handed back along an edge."""
        products = self.products.get(sequence, ())
        return self._array(products[index]) if index < len(products) else None

    def local(self, sequence: int, index: int) -> float | None:
        """The derivative along an edge between single elements."""
        if sequence in self.locals:
            return self.locals[sequence][index]
        product, upstream = self.product(sequence, index), self.gradients.get(sequence, ())
        if product is None or product.size != 1 or len(upstream) != 1 or upstream[0] is None:
            return None
        if upstream[0].numel() != 1 or not upstream[0].item():
            return None
        return float(product.item()) / upstream[0].item()

    def _array(self, tensor: torch.Tensor | None) -> np.ndarray | None:
        """The numbers of a gradient: of the same tensor, which is held here, the same array."""
        if tensor is None:
            return None
        if id(tensor) not in self._arrays:
            self._arrays[id(tensor)] = array_of(tensor, copy=False), tensor
        return self._arrays[id(tensor)][0]


class _Again(TorchDispatchMode):
    """Notes what runs with a graph on the way back: what a checkpoint computes once more."""

    def __init__(self, way: WayBack) -> None:
        super().__init__()
        self.seen: list[tuple[str, np.ndarray | None, Key]] = []
        self._way = way

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if torch.is_grad_enabled() and self._way.order:
            name = func._schema.name.replace("::", ".")
            first = next(tensors(result), None)
            array = None if first is None else array_of(first, copy=True)
            self.seen.append((name, array, self._way.order[-1]))
        return result


def _same(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    if a is None or b is None or a.shape != b.shape:
        return False
    return a.tobytes() == b.tobytes()


def single(shape: tuple[int, ...]) -> bool:
    """Whether a tensor of this shape has one element."""
    return all(n == 1 for n in shape)


_NAMES: dict[type, tuple[str, ...]] = {}


def _saved_names(kind: type) -> tuple[str, ...]:
    """The attributes by which a kind of node shows the tensors that it saved."""
    if kind not in _NAMES:
        raw = (name for name in dir(kind) if name.startswith("_raw_saved_"))
        _NAMES[kind] = tuple(name.removeprefix("_raw") for name in raw)
    return _NAMES[kind]
