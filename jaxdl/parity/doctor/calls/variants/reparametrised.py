"""Weights that are computed from others, by weight and spectral normalisation, done otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.normal import EPSILONS
from jaxdl.parity.doctor.calls.variants.variant import Argument, Family, Variant, of_arguments

ITERATIONS = range(21)


def weight_norm(call: Call) -> Iterator[Variant | Family]:
    """The weight of `torch.nn.utils.parametrizations.weight_norm`: v, g, and the axis kept."""
    import torch

    v, g, dim = Argument(0, "v"), Argument(1, "g"), Argument(2, "dim", 0)
    own = dim.of(call.args, call.kwargs)
    ndim = v.of(call.args, call.kwargs).ndim
    cure = f"g * v / |v|, with a length for each place along axis {own} of PyTorch's weight"

    def run(way: Any) -> Any:
        return of_arguments(lambda a, k: way(v.of(a, k), g.of(a, k)))

    def length(v: Any, kept: tuple[int, ...] = (own,)) -> Any:
        axes = tuple(a for a in range(ndim) if a not in kept)
        return (v**2).sum(axes, keepdim=True).sqrt()

    yield Variant("the length g is taken as 1", cure, run(lambda v, g: v / length(v)))
    yield Variant("v is not divided by its length", cure, run(lambda v, g: g * v))
    yield Variant("the weight is v itself, without g", cure, run(lambda v, g: v))
    yield Variant("g is taken for its logarithm", cure, run(lambda v, g: g.exp() * v / length(v)))
    yield Variant("divided by the length's square", cure, run(lambda v, g: g * v / length(v) ** 2))
    mean = run(lambda v, g: g * v / length(v) * (v.numel() / v.shape[own]) ** 0.5)
    yield Variant("divided by the root of the mean square", cure, mean)
    for count in range(ndim):
        for kept in combinations(range(ndim), count):
            if kept != (own % ndim,):
                told = f"there is a length for each place along axes {kept}, not {(own,)}"
                yield Variant(told, cure, run(lambda v, g, k=kept: g * v / length(v, k)))
    for place in ("under the root", "to the length"):

        def with_eps(e: float, under: bool = place == "under the root") -> Any:
            return run(
                lambda v, g: g * v / (torch.sqrt(length(v) ** 2 + e) if under else length(v) + e)
            )

        yield Family(f"{{}} is added {place}", cure, with_eps, EPSILONS)


def spectral(call: Call, calls: Sequence[Call]) -> Iterator[Variant]:
    """`vdot(u, mv(matrix, v))`, as PyTorch's spectral norm calls it.

    Args:
        call: any; only that one has variants.
        calls: the program's, of which those of the same module tell u and v before the step.
    """
    if call.name not in ("dot", "vdot") or (1,) not in call.sources:
        return
    product = calls[call.sources[1,][0]]
    if product.name != "mv":
        return
    matrix, v = product.args[:2]
    u = call.args[0]
    steps = [c for c in calls if c.module == call.module and c.number < call.number]
    first = next((c for c in steps if c.name == "mv"), product)
    outs = [c.kwargs["out"] for c in steps if c.name == "normalize" and "out" in c.kwargs]
    old_u, old_v = (outs[0] if outs else u), first.args[1]
    done = (len([c for c in steps if c.name == "mv"]) - 1) // 2

    def over(number: Any) -> Any:
        return of_arguments(lambda args, kwargs: number.reshape(()).clone())

    def iterated(count: int) -> Any:
        a, b = old_u, old_v
        for _ in range(count):
            a = matrix @ b / (matrix @ b).norm()
            b = matrix.T @ a / (matrix.T @ a).norm()
        return a @ (matrix @ b)

    for count in ITERATIONS:
        if count != done:
            yield Variant(
                f"the power iteration runs {count} times, not {done}",
                "as many as n_power_iterations in training, none in evaluation",
                over(iterated(count)),
            )
    rows, columns = matrix.shape
    cure = "one row of the matrix for each place along dim: 1 of a transposed convolution's weight"
    if columns % rows == 0:
        other = matrix.reshape(rows, rows, -1).transpose(0, 1).reshape(rows, columns)
        cause = "the weight is unfolded along another axis"
        yield Variant(cause, cure, over(u @ (other @ v)))
    for inner in range(2, columns):
        if columns % inner == 0:
            turned = v.reshape(inner, -1).T.reshape(-1)
            cause = "v stands in another order than the matrix's columns"
            yield Variant(cause, "unfold the kernel as v was", over(u @ (matrix @ turned)))
    cure = "u @ matrix @ v, with the stored u and v"
    exact = matrix.svd().S.max()
    yield Variant("the exact largest singular value is taken", cure, over(exact))
    yield Variant("the Frobenius norm is taken", cure, over(matrix.norm()))
    yield Variant("the square of the singular value is taken", cure, over((u @ (matrix @ v)) ** 2))


TABLE = {"weight_norm": weight_norm}
