"""Tables of vectors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jaxdl.parity.rule import Rule

if TYPE_CHECKING:
    from jaxdl.parity.rule import Tensors


def _draw_embedding(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
    from jaxdl import replay

    num_embeddings, embedding_dim = shapes["weight"]
    return replay.init.embedding(generator, num_embeddings, embedding_dim)


EMBEDDING = Rule(
    "embedding",  # a row each: (num_embeddings, features) on both sides
    torch=("weight",),
    jax=("embedding",),
    to_jax=lambda tensors: {"embedding": tensors["weight"]},
    to_torch=lambda leaves: {"weight": leaves["embedding"]},
    optional={},
    draw=_draw_embedding,
    axes={"embedding": ("num_embeddings", "features")},
)
"""A table of one row each, (num_embeddings, features) on both sides."""
EMBEDDING_BAG = replace(EMBEDDING, name="embedding bag")
"""The table of an embedding bag, as `EMBEDDING`'s."""


def padded_embedding(padding_idx: int | None = None) -> Rule:
    """The rule of an embedding whose row `padding_idx` begins as zeros."""

    def draw(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
        from jaxdl import replay

        return replay.init.embedding(generator, *shapes["weight"], padding_idx=padding_idx)

    return replace(EMBEDDING, draw=draw)
