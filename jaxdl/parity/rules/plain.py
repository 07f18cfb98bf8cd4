"""Single tensors and leaves, which anybody's model may keep as it likes."""

from __future__ import annotations

import math

from jaxdl.parity.rule import Rule


def permuted(*axes: int) -> Rule:
    """One tensor and one leaf with its axes in another order.

    Args:
        axes: of the tensor, in the order in which the leaf has them: (2, 3, 1, 0) for a kernel of a
            convolution.
    """
    back = tuple(axes.index(axis) for axis in range(len(axes)))
    return Rule(
        f"axes {axes}",
        torch=("",),
        jax=("",),
        to_jax=lambda tensors: {"": tensors[""].transpose(axes)},
        to_torch=lambda leaves: {"": leaves[""].transpose(back)},
        optional={},
        axes={"": tuple(f"axis {axis}" for axis in axes)},
    )


def reshaped(torch: tuple[int, ...], jax: tuple[int, ...]) -> Rule:
    """One tensor and one leaf of other shapes, with their numbers in the same order.

    Args:
        torch: the tensor's shape.
        jax: the leaf's.

    Raises:
        ValueError: the two have other numbers of elements.
    """
    if math.prod(torch) != math.prod(jax):
        raise ValueError(f"shapes {torch} and {jax} hold other numbers of elements")
    return Rule(
        f"{torch} as {jax}",
        torch=("",),
        jax=("",),
        to_jax=lambda tensors: {"": tensors[""].reshape(jax)},
        to_torch=lambda leaves: {"": leaves[""].reshape(torch)},
        optional={},
        axes={"": jax},
    )


SAME = Rule(
    "same",  # the leaf is the tensor
    torch=("",),
    jax=("",),
    to_jax=dict,
    to_torch=dict,
    optional={},
)
"""The leaf is the tensor."""

TRANSPOSED = permuted(1, 0)  # the weight of a linear layer as y = xK has it
"""The weight of a linear layer as y = xK has it."""
