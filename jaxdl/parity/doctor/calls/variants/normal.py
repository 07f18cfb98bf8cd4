"""A normalisation written out, with all that one may write otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from jaxdl.parity.calls import Run
from jaxdl.parity.doctor.calls.variants.variant import Argument, X, of_arguments

EPSILONS = (0.0, *(10.0**k for k in range(-16, 3)))
"""Between these an epsilon is looked for."""
MEAN, VAR = Argument(1, "running_mean"), Argument(2, "running_var")


@dataclass(frozen=True)
class Normal:
    """(x - mean) / sqrt(var + eps) · scale + bias.

    Args:
        axes: over which mean and variance are taken.
        weight, bias: where a call has them.
        eps: epsilon.
        shape: of scale and bias beside x; None: as they are.
        groups: of channels, each with its own statistics; 0: `axes` says.
        ddof: 1 for the unbiased variance.
        add: epsilon is added to the root.
        least: epsilon is the least variance.
        inverse: epsilon is added to one over the root.
        power: of the variance, that x is divided by.
        centre: the mean is taken off x.
        rms: the mean of squares in the variance's place.
        interleaved: a group is every k-th channel.
        part: of so many examples, the first, the statistics are taken; 0: of all.
        pieces: the batch is normalised in so many pieces, each by itself.
        running: the running statistics, which batch norm's call is given.
        narrow: ("statistics" | "rounded" | "normal" | "all", type): what is of fewer digits.
    """

    axes: tuple[int, ...]
    weight: Argument
    bias: Argument
    eps: float
    shape: tuple[int, ...] | None = None
    groups: int = 0
    ddof: int = 0
    add: bool = False
    least: bool = False
    inverse: bool = False
    power: float = 0.5
    centre: bool = True
    rms: bool = False
    interleaved: bool = False
    part: int = 0
    pieces: int = 1
    running: bool = False
    narrow: tuple[str, str] = ("", "")

    def but(self, **changes: Any) -> Normal:
        """With something otherwise."""
        return replace(self, **changes)

    def run(self) -> Run:
        """In the place of a call."""
        import torch

        def made(args: Any, kwargs: Any) -> Any:
            x = X.of(args, kwargs)
            if self.running:
                mean, var = self.given(args, kwargs)
                y = self.normal(x, mean, var)
            elif self.groups:
                n, c = x.shape[:2]
                k = self.groups
                parts = x.reshape((n, c // k, k, -1) if self.interleaved else (n, k, c // k, -1))
                axes = (1, 3) if self.interleaved else (2, 3)
                y = self.normal(parts, *self.statistics(parts, axes)).reshape(x.shape)
            else:
                pieces = x.chunk(self.pieces)
                y = torch.cat([self.normal(p, *self.statistics(p, self.axes)) for p in pieces])
            return self.scaled(y, self.weight.of(args, kwargs), self.bias.of(args, kwargs))

        return of_arguments(made)

    def mixed(self, share: float) -> Run:
        """Some of the batch's statistics, and the rest of the running ones."""

        def made(args: Any, kwargs: Any) -> Any:
            x = X.of(args, kwargs)
            both = zip(self.statistics(x, self.axes), self.given(args, kwargs), strict=True)
            mean, var = (share * batch + (1 - share) * running for batch, running in both)
            y = self.normal(x, mean, var)
            return self.scaled(y, self.weight.of(args, kwargs), self.bias.of(args, kwargs))

        return of_arguments(made)

    def vectors(self, order: tuple[int, ...]) -> Run:
        """Running mean, running variance, scale and bias in another order."""

        def made(args: Any, kwargs: Any) -> Any:
            found = [a.of(args, kwargs) for a in (MEAN, VAR, self.weight, self.bias)]
            mean, var, weight, bias = (found[k] for k in order)
            assert self.shape is not None
            mean, var = mean.reshape(self.shape), var.reshape(self.shape)
            return self.scaled(self.normal(X.of(args, kwargs), mean, var), weight, bias)

        return of_arguments(made)

    def reset(self, mean: float, var: float, power: float = 1.0) -> Run:
        """The running statistics as they are (1) or as they begin (0)."""

        def made(args: Any, kwargs: Any) -> Any:
            old_mean, old_var = self.given(args, kwargs)
            y = self.normal(X.of(args, kwargs), mean * old_mean, (var * old_var + 1 - var) ** power)
            return self.scaled(y, self.weight.of(args, kwargs), self.bias.of(args, kwargs))

        return of_arguments(made)

    def given(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """The running statistics."""
        assert self.shape is not None
        return MEAN.of(args, kwargs).reshape(self.shape), VAR.of(args, kwargs).reshape(self.shape)

    def statistics(self, x: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
        """Mean and variance."""
        import torch

        place, name = self.narrow
        y = x.to(getattr(torch, name)) if place in ("statistics", "all") else x
        y = y[: self.part] if self.part else y
        mean = y.mean(axes, keepdim=True)
        if self.rms:
            var = (y * y).mean(axes, keepdim=True)
        elif place in ("statistics", "all"):
            var = ((y - mean) * (y - mean)).mean(axes, keepdim=True)
        else:
            var = y.var(axes, correction=self.ddof, keepdim=True)
        if place == "rounded":
            mean, var = mean.to(getattr(torch, name)), var.to(getattr(torch, name))
        return (mean, var) if place == "all" else (mean.to(x.dtype), var.to(x.dtype))

    def normal(self, x: Any, mean: Any, var: Any) -> Any:
        """Without scale and bias."""
        import torch

        place, name = self.narrow
        y = x.to(getattr(torch, name)) if place == "all" else x
        top = y - mean if self.centre else y
        if self.inverse:
            y = top * (var**-self.power + self.eps)
        elif self.least:
            y = top / var.clamp(min=self.eps) ** self.power
        elif self.add:
            y = top / (var**self.power + self.eps)
        elif self.power == 0.5:
            y = top / (var + self.eps).sqrt()
        else:
            y = top / (var + self.eps) ** self.power
        if place == "normal":
            y = y.to(getattr(torch, name))
        return y.to(x.dtype)

    def scaled(self, y: Any, weight: Any, bias: Any) -> Any:
        """With scale and bias."""
        if weight is not None:
            y = y * (weight if self.shape is None else weight.reshape(self.shape))
        if bias is not None:
            y = y + (bias if self.shape is None else bias.reshape(self.shape))
        return y
