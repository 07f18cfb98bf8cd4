"""What a PyTorch program calls: every function of torch with what went in and what came out.

The calls can be made again, one of them in another way: what the program would have given then.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LIKE = {  # takes a tensor's type or shape, and none of its numbers
    *("new_tensor", "new_zeros", "new_ones", "new_full", "new_empty", "zeros_like", "ones_like"),
    *("full_like", "empty_like", "rand_like", "randn_like"),
}
IGNORED = {"clone", "contiguous", "data", "detach", "grad"}  # the same values, or another program's


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a function of torch.

    Args:
        number: its place in the program.
        name: the function's, without its namespace: "layer_norm", "add".
        module: the `torch.nn.Module` that made it: "encoder.norm1".
        function: what was called.
        args, kwargs: copies of what it was called with.
        outputs: copies of the tensors that it gave.
        sources: tensor argument's place -> (call, output) that it came from.
    """

    number: int
    name: str
    module: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    outputs: tuple[Any, ...]
    sources: Mapping[tuple[Any, ...], tuple[int, int]]

    @property
    def title(self) -> str:
        """How a message calls it: "layer_norm of encoder.norm1"."""
        return f"{self.name} of {self.module}" if self.module else self.name


Run = Callable[[Call, tuple[Any, ...], Mapping[str, Any]], Any]
Given = tuple[tuple[Any, ...], Mapping[str, Any]]


@dataclass(frozen=True)
class Reaching:
    """A call in another way that takes what earlier calls were given.

    Args:
        earlier: those calls.
        run: (args, kwargs, of each of the earlier ones args and kwargs) -> what it gives.
    """

    earlier: tuple[Call, ...]
    run: Callable[[tuple[Any, ...], Mapping[str, Any], Sequence[Given]], Any]

    def __call__(self, call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """As the program was recorded."""
        return self.run(args, kwargs, [(c.args, c.kwargs) for c in self.earlier])

    def fed(self, given: Sequence[Given]) -> Run:
        """With other arguments of the earlier calls."""
        return lambda call, args, kwargs: self.run(args, kwargs, given)


def recorded(
    model: Any,
    run: Callable[[], Any],
    change: Mapping[int, Callable[..., Any]] | None = None,
    attached: Container[int] = (),
    stopped: list[int] | None = None,
) -> tuple[list[Call], Any]:
    """The calls that give tensors of floating-point numbers, and what `run` gave.

    Args:
        model: a `torch.nn.Module`, whose modules the calls are told by.
        run: the program: calls the model, computes a loss.
        change: call -> a function of the tensor that it gives, and of the call's arguments, whose
            result goes on in its place.
        attached: which of the places where gradients are stopped (`detach`, `no_grad`), counted
            from 0, do not stop them.
        stopped: gets of each of these places the call whose result is cut off.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    calls: list[Call] = []
    made: dict[int, tuple[int, int]] = {}
    alive: list[Any] = []  # so that no other tensor gets the number of one that is gone
    within: list[str] = [""]
    stops = 0

    class Recorder(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            nonlocal stops
            kwargs = kwargs or {}
            name = _name(func)
            if name == "detach" or (name == "set_grad_enabled" and args == (False,)):
                stops += 1
                if stopped is not None:  # a block's first call comes after it
                    own = made.get(id(args[0]), (len(calls) - 1, 0))
                    stopped.append(own[0] if name == "detach" else len(calls))
                if stops - 1 in attached:
                    return args[0] if name == "detach" else None
            copies, named = _copied(args), _copied(kwargs)
            found = func(*args, **kwargs)
            kept = isinstance(found, torch.Tensor) and found.is_floating_point()
            if change and len(calls) in change and kept and name not in IGNORED:
                found = change[len(calls)](found, *args)
            outputs = tuple(tensors_in(found))
            if not any(t.is_floating_point() for t in outputs) or name in IGNORED:
                for tensor in outputs:  # an alias: what comes of its first tensor
                    sources = [made[id(t)] for _, t in _places(args) if id(t) in made]
                    if name in IGNORED and sources:
                        made[id(tensor)] = sources[0]
                        alive.append(tensor)
                return found
            sources = {
                place: made[id(tensor)]
                for place, tensor in (*_places(args), *_places(kwargs, ("**",)))
                if id(tensor) in made and name not in LIKE
            }
            number = len(calls)
            copied = tuple(t.detach().clone() for t in outputs)
            calls.append(Call(number, name, within[-1], func, copies, named, copied, sources))
            made.update({id(tensor): (number, k) for k, tensor in enumerate(outputs)})
            alive.extend(outputs)
            return found

    def enter(name: str) -> Any:
        return lambda *_: within.append(name)

    def leave(*_: Any) -> None:
        within.pop()

    hooks: list[Any] = []
    for name, module in model.named_modules():
        hooks.append(module.register_forward_pre_hook(enter(name)))
        hooks.append(module.register_forward_hook(leave))
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # it makes one call of a whole layer
    try:
        with Recorder():
            result = run()
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for hook in hooks:
            hook.remove()
    return calls, result


def again(
    calls: Sequence[Call], other: Mapping[int, Run], start: int = 0, most: int = 10**9
) -> dict[int, tuple[Any, ...]]:
    """The program once more from a call on, some calls in another way.

    Args:
        calls: the program's.
        other: call -> what is done in its place: (call, args, kwargs) -> what it gives.
        start: the first call that may differ.
        most: so many calls are made again, at most.

    Returns:
        Call -> outputs, of the calls whose outputs may differ.
    """
    import torch

    found: dict[int, tuple[Any, ...]] = {}
    with torch.no_grad():
        for call in calls[start:]:
            touched = any(source in found for source, _ in call.sources.values())
            if call.number not in other and not touched:
                continue
            if len(found) >= most:
                break
            args, kwargs = _fed(call, found)
            run = other.get(call.number, plainly)
            if isinstance(run, Reaching):
                run = run.fed([_fed(earlier, found) for earlier in run.earlier])
            found[call.number] = made(call, run, args, kwargs)
    return found


def made(
    call: Call, run: Run, args: tuple[Any, ...] | None = None, kwargs: Any = None
) -> tuple[Any, ...]:
    """The tensors that a call gives in a way, from copies: it may write into what it is given."""
    args = call.args if args is None else args
    kwargs = call.kwargs if kwargs is None else kwargs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a way makes of it, of which nobody has asked
        return tuple(tensors_in(run(call, _copied(args), _copied(kwargs))))


def plainly(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The call as it was made."""
    return call.function(*args, **kwargs)


def _fed(
    call: Call, found: Mapping[int, tuple[Any, ...]]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The call's arguments, with what earlier calls give now."""
    new = {
        place: found[number][k]
        for place, (number, k) in call.sources.items()
        if number in found and k < len(found[number])
    }
    if not new:
        return call.args, dict(call.kwargs)
    return _replaced(call.args, new, ()), _replaced(call.kwargs, new, ("**",))


def _replaced(tree: Any, new: Mapping[tuple[Any, ...], Any], place: tuple[Any, ...]) -> Any:
    if place in new:
        return new[place]
    if isinstance(tree, list | tuple) and type(tree) in (list, tuple):
        return type(tree)(_replaced(part, new, (*place, k)) for k, part in enumerate(tree))
    if isinstance(tree, Mapping):
        return {key: _replaced(part, new, (*place, key)) for key, part in tree.items()}
    return tree


def _places(tree: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The tensors in arguments, each with its place."""
    import torch

    if isinstance(tree, torch.Tensor):
        yield place, tree
    elif isinstance(tree, list | tuple):
        for k, part in enumerate(tree):
            yield from _places(part, (*place, k))
    elif isinstance(tree, Mapping):
        for key, part in tree.items():
            yield from _places(part, (*place, key))


def tensors_in(tree: Any) -> Iterator[Any]:
    """The tensors of what a function gave, in order."""
    import torch

    if isinstance(tree, torch.nn.utils.rnn.PackedSequence):
        yield tree.data
    else:
        for _, tensor in _places(tree):
            yield tensor


def _copied(tree: Any) -> Any:
    import torch

    if isinstance(tree, torch.nn.Parameter):
        return tree.detach()
    if isinstance(tree, torch.Tensor):
        return tree.detach().clone()
    if isinstance(tree, list | tuple) and type(tree) in (list, tuple):
        return type(tree)(map(_copied, tree))
    if isinstance(tree, Mapping):
        return {key: _copied(part) for key, part in tree.items()}
    return tree


def _name(function: Any) -> str:
    from torch.overrides import resolve_name

    whole = resolve_name(function) or getattr(function, "__name__", str(function))
    parts = [part for part in whole.split(".") if part not in ("__get__", "__set__")]
    return parts[-1].strip("_")
