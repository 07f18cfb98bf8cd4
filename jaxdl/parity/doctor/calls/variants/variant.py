"""What a variant is: one call of PyTorch's, done as a faulty port would do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jaxdl.parity.calls import Call, Run


@dataclass(frozen=True)
class Variant:
    """A call in another way, and what it means if the JAX program has the numbers that it gives.

    Args:
        cause: what the port does; a sentence without a full stop.
        cure: what it is to do: a line of code, or of words where code would be a whole layer.
        run: the call in that way.
        number: what was solved for; None: nothing was.
    """

    cause: str
    cure: str
    run: Run
    number: float | None = None


@dataclass(frozen=True)
class Family:
    """A call with one number in it that a port may have otherwise: it is solved for.

    Args:
        cause: a sentence with {} for the number; or a function of the number that gives it.
        cure: as a variant's.
        run: the number -> the call with it.
        grid: numbers in order, between any two of which an answer is looked for.
        own: PyTorch's number, which is no answer; None: there is none.
    """

    cause: str | Callable[[float], str]
    cure: str
    run: Callable[[float], Run]
    grid: tuple[float, ...]
    own: float | None = None

    def variant(self, number: float) -> Variant:
        """With a number."""
        cause = self.cause(number) if callable(self.cause) else self.cause.format(f"{number:.6g}")
        return Variant(cause, self.cure, self.run(number), number)


Variants = Callable[[Call], Iterator[Variant | Family]]


@dataclass(frozen=True)
class Argument:
    """One argument of a function of torch, however it is given.

    Args:
        place: among those without a name.
        name: its keyword.
        default: where it is not given.
    """

    place: int
    name: str
    default: Any = None

    def of(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Its value in a call."""
        if self.name in kwargs:
            return kwargs[self.name]
        return args[self.place] if self.place < len(args) else self.default

    def as_(self, value: Any) -> Run:
        """The call with another value: or one that a function of the arguments gives."""

        def run(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
            new = value(args, kwargs) if callable(value) else value
            return call.function(*self.put(args, kwargs, new)[0], **self.put(args, kwargs, new)[1])

        return run

    def put(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any], value: Any
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with another value for this one."""
        if self.name not in kwargs and self.place < len(args):
            return (*args[: self.place], value, *args[self.place + 1 :]), dict(kwargs)
        return args, {**kwargs, self.name: value}


X = Argument(0, "input")
WEIGHT = Argument(1, "weight")


def after(function: Callable[[Any], Any]) -> Run:
    """The call as it is, and then a function of what it gives."""

    def run(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return function(call.function(*args, **kwargs))

    return run


def of_arguments(function: Callable[[tuple[Any, ...], Mapping[str, Any]], Any]) -> Run:
    """Something else in the call's place."""
    return lambda call, args, kwargs: function(args, kwargs)
