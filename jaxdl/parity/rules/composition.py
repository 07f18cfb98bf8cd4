"""A rule made of others, for a layer that is made of layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jaxdl.parity.rule import Rule

if TYPE_CHECKING:
    from jaxdl.parity.rule import Axis, Tensors

Part = tuple[str, str, Rule]


def composed(name: str, parts: Sequence[Part]) -> Rule:
    """The rule of a layer that is made of layers.

    Args:
        name: of the whole.
        parts: (prefix in the `state_dict`, dotted path in the pytree, rule), in the order in which
            PyTorch's constructor draws them.
    """
    optional: dict[str, str] = {}
    axes: dict[str, tuple[Axis, ...]] = {}
    for torch, jax, rule in parts:
        optional |= {_join(torch, a): _join(jax, b) for a, b in rule.optional.items()}
        axes |= {_join(jax, leaf): _own(jax, labels) for leaf, labels in rule.axes.items()}

    def to_jax(tensors: Tensors) -> Tensors:
        leaves: Tensors = {}
        for torch, jax, rule in parts:
            own = rule.to_jax(_below(torch, rule.torch, tensors))
            leaves |= {_join(jax, name): leaf for name, leaf in own.items()}
        return leaves

    def to_torch(leaves: Tensors) -> Tensors:
        tensors: Tensors = {}
        for torch, jax, rule in parts:
            own = rule.to_torch(_below(jax, rule.jax, leaves))
            tensors |= {_join(torch, name): tensor for name, tensor in own.items()}
        return tensors

    def draw(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
        drawn: Tensors = {}
        for torch, _, rule in parts:
            if rule.draw is not None:
                own = rule.draw(generator, _below(torch, rule.torch, shapes))
                drawn |= {_join(torch, name): tensor for name, tensor in own.items()}
        return drawn

    return Rule(
        name,
        torch=tuple(_join(torch, name) for torch, _, rule in parts for name in rule.torch),
        jax=tuple(_join(jax, name) for _, jax, rule in parts for name in rule.jax),
        to_jax=to_jax,
        to_torch=to_torch,
        optional=optional,
        draw=draw,
        axes=axes,
        torch_only=tuple(
            _join(torch, name) for torch, _, rule in parts for name in rule.torch_only
        ),
    )


def _join(prefix: str, name: str) -> str:
    return ".".join(part for part in (prefix, name) if part)


def _below(prefix: str, names: tuple[str, ...], tree: dict[str, Any]) -> dict[str, Any]:
    """What one part has of these."""
    keys = {name: _join(prefix, name) for name in names}
    return {name: tree[key] for name, key in keys.items() if key in tree}


def _own(prefix: str, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """The axes, their labels told apart from those of other parts."""
    named = []
    for axis in axes:
        if isinstance(axis, tuple):
            named.append((axis[0], f"{prefix} {axis[1]}"))
        else:
            named.append(f"{prefix} {axis}" if isinstance(axis, str) else axis)
    return tuple(named)
