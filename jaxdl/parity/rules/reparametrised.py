"""Weights that PyTorch computes from others: `weight_norm` and `spectral_norm` of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jaxdl.parity.rule import Rule
from jaxdl.parity.rules.linear import LINEAR

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.rule import Tensors


def weight_norm(
    rule: Rule = LINEAR, name: str = "weight", dim: int | None = 0, parametrized: bool = True
) -> Rule:
    """The rule of a layer under `torch.nn.utils.parametrizations.weight_norm`.

    Of a layer whose leaf is `kernel`, JAX keeps `kernel_g` and `kernel_v`, as
    `jaxdl.nn.weight_norm` takes them.

    Args:
        rule: of the layer itself, one that only permutes the weight's axes.
        name: of the weight.
        dim: PyTorch's; None: one length for all.
        parametrized: PyTorch calls them parametrizations.weight.original0 and original1; False:
            weight_g and weight_v, as the older `torch.nn.utils.weight_norm` does.
    """
    base = f"parametrizations.{name}.original"
    g, v = (f"{base}0", f"{base}1") if parametrized else (f"{name}_g", f"{name}_v")
    leaf = rule.jax[rule.torch.index(name)]

    def to_jax(tensors: Tensors) -> Tensors:
        rest = {key: tensor for key, tensor in tensors.items() if key not in (g, v)}
        length = tensors[g]
        return rule.to_jax(rest) | {
            f"{leaf}_g": length if dim is None else rule.to_jax({name: length})[leaf],
            f"{leaf}_v": rule.to_jax({name: tensors[v]})[leaf],
        }

    def to_torch(leaves: Tensors) -> Tensors:
        ours = (f"{leaf}_g", f"{leaf}_v")
        rest = {key: array for key, array in leaves.items() if key not in ours}
        length = leaves[f"{leaf}_g"]
        return rule.to_torch(rest) | {
            g: length if dim is None else rule.to_torch({leaf: length})[name],
            v: rule.to_torch({leaf: leaves[f"{leaf}_v"]})[name],
        }

    return Rule(
        f"weight norm of {rule.name}",
        torch=(*_without(rule.torch, name), g, v),
        jax=(*_without(rule.jax, leaf), f"{leaf}_g", f"{leaf}_v"),
        to_jax=to_jax,
        to_torch=to_torch,
        optional=rule.optional,
        axes={f"{leaf}_v": rule.axes[leaf]} if leaf in rule.axes else {},
    )


def spectral_norm(
    rule: Rule = LINEAR, name: str = "weight", dim: int = 0, parametrized: bool = True
) -> Rule:
    """The rule of a layer under `torch.nn.utils.parametrizations.spectral_norm`.

    Of a layer whose leaf is `kernel`, JAX keeps `kernel`, `kernel_u` and `kernel_v`, as
    `jaxdl.nn.spectral_norm` takes them: v's numbers stand in the order of the kernel's other axes.

    Args:
        rule, name: as in `weight_norm`.
        dim: the weight's axis that u has a number for, PyTorch's: 0, and 1 for transposed
            convolutions.
        parametrized: False: weight_orig, weight_u and weight_v, as the older
            `torch.nn.utils.spectral_norm` calls them.
    """
    base = f"parametrizations.{name}."
    new = (f"{base}original", f"{base}0._u", f"{base}0._v")
    weight, u, v = new if parametrized else (f"{name}_orig", f"{name}_u", f"{name}_v")
    leaf = rule.jax[rule.torch.index(name)]

    def places(shape: tuple[int, ...]) -> np.ndarray:
        """Where each of our v's numbers stands in PyTorch's."""
        import numpy as np

        one = tuple(1 if axis == dim % len(shape) else size for axis, size in enumerate(shape))
        return rule.to_jax({name: np.arange(np.prod(one)).reshape(one)})[leaf].reshape(-1)

    def to_jax(tensors: Tensors) -> Tensors:
        given = {
            name if key == weight else key: t for key, t in tensors.items() if key not in (u, v)
        }
        found = rule.to_jax(given)
        if u in tensors:  # a gradient has neither
            found[f"{leaf}_u"] = tensors[u]
            found[f"{leaf}_v"] = tensors[v][places(tensors[weight].shape)]
        return found

    def to_torch(leaves: Tensors) -> Tensors:
        ours = (f"{leaf}_u", f"{leaf}_v")
        found = rule.to_torch({key: array for key, array in leaves.items() if key not in ours})
        found[weight] = found.pop(name)
        if f"{leaf}_u" in leaves:
            columns = leaves[f"{leaf}_v"].copy()
            columns[places(found[weight].shape)] = leaves[f"{leaf}_v"]
            found |= {u: leaves[f"{leaf}_u"], v: columns}
        return found

    return Rule(
        f"spectral norm of {rule.name}",
        torch=(*_without(rule.torch, name), weight, u, v),
        jax=(*_without(rule.jax, leaf), leaf, f"{leaf}_u", f"{leaf}_v"),
        to_jax=to_jax,
        to_torch=to_torch,
        optional={**rule.optional, u: f"{leaf}_u", v: f"{leaf}_v"},
        axes={leaf: rule.axes[leaf]} if leaf in rule.axes else {},
    )


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(other for other in names if other != name)
