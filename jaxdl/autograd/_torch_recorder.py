"""What PyTorch does while a loss is computed, operation by operation: for `from_torch`.

A dispatch mode sees each operation below autograd, and autograd numbers its nodes: the tensor that
comes out of the operation carries its node (`grad_fn`) by the time the next operation begins.
"""

from __future__ import annotations

import inspect
import linecache
import sys
import weakref
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.autograd.function import BackwardCFunction, Function
from torch.utils._python_dispatch import TorchDispatchMode

from jaxdl.autograd._torch_names import stem
from jaxdl.autograd._torch_values import (
    Handle,
    Kept,
    Key,
    Step,
    Value,
    array_of,
    dtype_name,
    dtype_of,
    pointer,
    tensors,
    version,
)
from jaxdl.autograd.graph import Kind, Place

_TORCH = str(Path(torch.__file__).parent)
_HERE = str(Path(__file__).parent)
_EMPTY = {
    getattr(torch.ops.aten, name)
    for name in ("empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided")
}
_autograd: Any = vars(torch._C)["_autograd"]
# The frame that calls a custom function's forward; None from PyTorch 2.14 on: it calls from C++.
_APPLY = getattr(getattr(Function.apply, "__func__", None), "__code__", None)


class Recorder(TorchDispatchMode):
    """Records what runs inside of it.

    Args:
        modules: their names by their ids, for the scopes.
        buffers: their names by their ids.
    """

    def __init__(self, modules: dict[int, str], buffers: dict[int, str]) -> None:
        super().__init__()
        self.timeline: list[Value | Step] = []
        self.by_key: dict[Key, Value] = {}
        self.known: dict[tuple[int, int], Value] = {}  # by the tensor's id and version
        self.leaves: dict[int, torch.Tensor] = {}  # that require a gradient
        self.kept: list[Kept] = []
        self.read: list[Handle] | None = None  # while the names of what is saved are looked up
        self._writer: dict[int, Value] = {}  # of a storage: who changed it last
        self._held: list[Any] = []  # so that no id and no memory is given out twice
        self._last: tuple[Step, list[torch.Tensor]] | None = None
        self._undone: dict[int, Step] = {}  # by the node's number: those without an operation
        self._paused = False
        self._modules, self._buffers = modules, buffers
        self._scope: list[tuple[str, str]] = []  # full name, own name
        self._foreign: dict[Any, bool] = {}
        self._places: dict[tuple[Any, int], Place] = {}
        self._hooks: list[Any] = []
        self._forwards: dict[Any, str] = {}

    # Around the run ------------------------------------------------------------------------

    def __enter__(self) -> Recorder:
        module = torch.nn.modules.module
        self._hooks = [
            module.register_module_forward_pre_hook(self._into),
            module.register_module_forward_hook(self._out_of, always_call=True),
            torch.autograd.graph.saved_tensors_hooks(self.pack, self.unpack),
        ]
        self._hooks[2].__enter__()
        self._forwards = {} if _APPLY else _forwards()
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._hooks[2].__exit__(*error)
        self._hooks[0].remove()
        self._hooks[1].remove()
        self._settle()

    def release(self) -> None:
        """Hold no tensor of the program any more: what only it held is freed now."""
        self._held.clear()
        self._last = None

    def _into(self, module: torch.nn.Module, _: Any) -> None:
        name = self._modules.get(id(module), type(module).__name__)
        outer = f"{self._scope[-1][0]}." if self._scope and self._scope[-1][0] else ""
        self._scope.append((name, name.removeprefix(outer)))

    def _out_of(self, *_: Any) -> None:
        self._scope.pop()

    # What is saved -------------------------------------------------------------------------

    def pack(self, tensor: torch.Tensor) -> Handle:
        """The hook that autograd calls for each tensor it saves."""
        paused, self._paused = self._paused, True
        handle = Handle(tensor)
        self._paused = paused
        self._held.append(tensor)
        self.kept.append(
            Kept(
                weakref.ref(handle),
                (id(tensor), version(tensor)),
                last_sequence(),
                len(self.timeline),
                tuple(tensor.shape),
                dtype_of(tensor),
                tensor.untyped_storage(),
            )
        )
        return handle

    def unpack(self, handle: Handle) -> torch.Tensor:
        """The hook that autograd calls to have it back."""
        if self.read is not None:
            self.read.append(handle)
            return handle.data
        return handle.tensor()

    # What runs -----------------------------------------------------------------------------

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if self._paused or func is torch.ops.aten.lift_fresh.default:
            return func(*args, **kwargs)
        self._paused = True
        try:
            return self._record(func, args, kwargs)
        finally:
            self._paused = False

    def _record(self, func: Any, args: Any, kwargs: Any) -> Any:
        self._settle()
        place, functions = self._place()
        inputs, written = self._inputs(func, args, kwargs)
        step = Step(
            func._schema.name.replace("::", "."),
            inputs,
            last_sequence(),
            place=place,
            scope=tuple(own for _, own in self._scope if own),
            functions=functions,
            ours=hooks_on_top() == self.pack,
        )
        result = func(*args, **kwargs)
        outputs = list(tensors(result))
        if func is torch.ops.aten.detach.default and inputs[0][1] is None:
            # The same tensor once more: PyTorch itself does this to a new one.
            self.known[id(outputs[0]), version(outputs[0])] = inputs[0][0]
            self._held.append(outputs)
            return result
        outputs += [t for t in written if not any(t is other for other in outputs)]
        for tensor in outputs:
            value = self._value(tensor, "operation", step=step)
            step.outputs.append(value)
            if func.overloadpacket in _EMPTY:
                value.array = None  # whatever was in that memory
            if any(tensor is one for one in written):
                self._writer[pointer(tensor)] = value
        self.timeline.append(step)
        self._held.append(outputs)
        self._last = step, outputs
        return result

    def _inputs(
        self, func: Any, args: Any, kwargs: Any
    ) -> tuple[list[tuple[Value, Key | None]], list[torch.Tensor]]:
        """The tensors that go in, and numbers where a tensor could stand; what is written to."""
        inputs: list[tuple[Value, Key | None]] = []
        written: list[torch.Tensor] = []
        for position, (name, writes, numeric) in enumerate(_arguments(func)):
            if position < len(args):
                given = args[position]
            elif name in kwargs:
                given = kwargs[name]
            else:
                continue
            for tensor in tensors(given):
                inputs.append(self.resolve(tensor))
                if writes:
                    written.append(tensor)
            if numeric and isinstance(given, int | float | complex):
                array = np.asarray(given)
                inputs.append((self._leaf(Value("constant", (), array.dtype.name, array)), None))
        return inputs, written

    def _settle(self) -> None:
        """The last operation is over, autograd's part of it, too: tie it to its node."""
        if self._last is None:
            return
        (step, outputs), self._last = self._last, None
        for value, tensor in zip(step.outputs, outputs, strict=True):
            base = tensor._base
            if value is self._writer.get(pointer(tensor)) and base is not None:
                # A view was written to: autograd puts the change down to the tensor it is of.
                value.shape, value.array = tuple(base.shape), array_of(base, copy=True)
                self._held.append(base)
                tensor = base
            self.known[id(tensor), version(tensor)] = value  # only now does the version count
            if tensor.grad_fn is not None and not step.functions:
                self._tie(value, step, tensor.grad_fn, tensor.output_nr)

    def _tie(self, value: Value, step: Step, grad_fn: Any, output_nr: int) -> None:
        key = (grad_fn._sequence_nr(), output_nr)
        if key not in self.by_key:
            self.by_key[key] = value
            value.key, step.node = key, key[0]

    # Which value a tensor is -----------------------------------------------------------------

    def resolve(self, tensor: torch.Tensor) -> tuple[Value, Key | None]:
        """The value that the tensor has now, and autograd's key to it."""
        if tensor.grad_fn is None:
            value = self.known.get((id(tensor), version(tensor))) or self._unseen(tensor)
            return value, ("leaf", id(tensor)) if tensor.requires_grad else None
        node: Any = tensor.grad_fn
        key = (node._sequence_nr(), tensor.output_nr)
        value = self.known.get((id(tensor), version(tensor)))
        if value is None or (value.key != key and key not in self.by_key):
            value = self.by_key.get(key) or self._undispatched(node, tensor.output_nr)
            if value.array is None:
                value.shape, value.dtype = tuple(tensor.shape), dtype_of(tensor)
                value.array = array_of(tensor, copy=True)
            self._held.append(tensor)
            self.known[id(tensor), version(tensor)] = value
        return value, key

    def leaf(self, tensor: torch.Tensor, kind: Kind, name: str) -> Value:
        """A tensor that was there before the loss was computed."""
        name = name or self._buffers.get(id(tensor), "")
        value = self._leaf(self._value(tensor, kind, name=name))
        self._held.append(tensor)
        self.known[id(tensor), version(tensor)] = value
        if tensor.requires_grad and tensor.is_leaf:
            self.leaves[id(tensor)] = tensor
            value.key = ("leaf", id(tensor))
        elif tensor.requires_grad:  # made before the loss
            node: Any = tensor.grad_fn
            value.key = (node._sequence_nr(), tensor.output_nr)
        if value.key is not None:
            self.by_key[value.key] = value
        return value

    def edge(self, node: Any, output_nr: int) -> tuple[Value, Key]:
        """The value at the end of an edge of autograd's."""
        if hasattr(node, "variable"):
            key: Key = ("leaf", id(node.variable))
            if key not in self.by_key:
                self.leaf(node.variable, "constant", "")
            return self.by_key[key], key
        key = (node._sequence_nr(), output_nr)
        return self.by_key.get(key) or self._undispatched(node, output_nr), key

    def _undispatched(self, node: Any, output_nr: int) -> Value:
        """The value of a node that no operation was seen of, after those that it hangs on."""
        stack = [(node, output_nr)]
        while stack:
            top, nr = stack[-1]
            missing = [
                (fn, n)
                for fn, n in top.next_functions
                if fn is not None
                and not hasattr(fn, "variable")
                and (fn._sequence_nr(), n) not in self.by_key
            ]
            if missing:
                stack += missing
                continue
            stack.pop()
            if (top._sequence_nr(), nr) not in self.by_key:
                self._add_undispatched(top, nr)
        return self.by_key[node._sequence_nr(), output_nr]

    def _add_undispatched(self, node: Any, output_nr: int) -> None:
        sequence = node._sequence_nr()
        step = self._undone.get(sequence)
        if step is None:
            inputs = [self.edge(fn, n) for fn, n in node.next_functions if fn is not None]
            step = self._undone[sequence] = Step(
                stem(node.name()),
                list(inputs),
                sequence,
                place=self._place()[0],
                scope=tuple(own for _, own in self._scope if own),
                custom=isinstance(node, BackwardCFunction),
                ours=False,
                node=sequence,
            )
            self.timeline.append(step)
        about = node._input_metadata[output_nr]
        value = Value("operation", tuple(about.shape), dtype_name(about.dtype), None, step=step)
        value.key = (sequence, output_nr)
        self.by_key[value.key] = value
        step.outputs.append(value)

    def _unseen(self, tensor: torch.Tensor) -> Value:
        """The value of a tensor that nobody handed over: a constant, or a view of what changed."""
        writer = self._writer.get(pointer(tensor))
        if writer is None:
            return self.leaf(tensor, "constant", "")
        step = Step("aten.alias", [(writer, None)], last_sequence(), ours=False)
        value = self._value(tensor, "operation", step=step)
        step.outputs.append(value)
        self.timeline.append(step)
        self._held.append(tensor)
        self.known[id(tensor), version(tensor)] = value
        return value

    def _leaf(self, value: Value) -> Value:
        self.timeline.append(value)
        return value

    def _value(self, tensor: torch.Tensor, kind: Kind, **more: Any) -> Value:
        array = array_of(tensor, copy=True)
        return Value(kind, tuple(tensor.shape), dtype_of(tensor), array, **more)

    # Where it stands -------------------------------------------------------------------------

    def _place(self) -> tuple[Place | None, tuple[str, ...]]:
        """The innermost line outside of PyTorch; the custom functions inside of which it is."""
        place, functions = None, ()
        inside = not torch.is_grad_enabled()  # as a custom function's forward is run
        frame = sys._getframe(2)
        while frame is not None:
            code = frame.f_code
            if code is _APPLY:
                functions += (frame.f_locals["cls"].__name__,)
            elif code in self._forwards:
                functions += (self._forwards[code],)
            foreign = self._foreign.get(code)
            if foreign is None:
                foreign = code.co_filename.startswith((_TORCH, _HERE, "<frozen"))
                self._foreign[code] = foreign
            if not foreign and place is None:
                place = self._line(code, frame.f_lineno)
            if place is not None and not inside:
                break
            frame = frame.f_back
        return place, functions

    def _line(self, code: Any, line: int) -> Place:
        if (code, line) not in self._places:
            text = linecache.getline(code.co_filename, line).strip()
            self._places[code, line] = Place(code.co_filename, line, code.co_name, text)
        return self._places[code, line]


def _forwards() -> dict[Any, str]:
    """The names of all custom functions there are, by the code of their forward."""
    found, classes = {}, [Function]
    while classes:
        for own in classes.pop().__subclasses__():
            classes.append(own)
            if code := getattr(inspect.unwrap(own.forward), "__code__", None):
                found[code] = own.__name__
    return found


@cache
def _arguments(func: Any) -> list[tuple[str, bool, bool]]:
    """Of each argument: its name, whether it is written to, whether a number in it is a value."""
    return [
        (
            argument.name,
            argument.alias_info is not None and argument.alias_info.is_write,
            not argument.kwarg_only and str(argument.type) in ("number", "Tensor"),
        )
        for argument in func._schema.arguments
    ]


def last_sequence() -> int:
    """The number of the autograd node that was made last."""
    return _autograd._get_sequence_nr() - 1


def hooks_on_top() -> Any:
    """The pack hook that autograd would call now."""
    hooks = _autograd._top_saved_tensors_default_hooks(True)
    return hooks and hooks[0]
