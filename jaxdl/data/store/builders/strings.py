"""Sets of strings with a label each, and running texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from jaxdl.data.dataset import Split
from jaxdl.data.sets.readers import next_character
from jaxdl.data.store.builders.published import Published


class Names(Published, skip_registration=True):
    """Stores a name as it is."""

    def features(self) -> dict[str, tfds.features.FeatureConnector]:
        """A string, and the label."""
        return {"name": tfds.features.Text(), "label": self.label()}

    @staticmethod
    def pack(split: Split) -> Iterator[dict[str, Any]]:
        """Name by name."""
        for x, y in zip(split.x, split.y, strict=True):
            yield {"name": str(x), "label": int(y)}

    @staticmethod
    def unpack(examples: list[dict[str, Any]]) -> Split:
        """As a dataset holds names: x (n,) strings, y (n,) int32."""
        names = [example["name"].decode() for example in examples]
        return Split(
            np.array(names), np.array([example["label"] for example in examples], np.int32)
        )


class Texts(Published, skip_registration=True):
    """Stores the lines of a text, with their ends: no label, for that is the next character."""

    def features(self) -> dict[str, tfds.features.FeatureConnector]:
        """A string."""
        return {"line": tfds.features.Text()}

    @staticmethod
    def pack(split: Split) -> Iterator[dict[str, Any]]:
        """Line by line."""
        codes = np.append(split.x, split.y[-1:].astype(np.uint8))
        for line in codes.tobytes().splitlines(keepends=True):
            yield {"line": line}

    @staticmethod
    def unpack(examples: list[dict[str, Any]]) -> Split:
        """As a dataset holds a text: x (n,) uint8, y (n,) int32."""
        text = b"".join(example["line"] for example in examples)
        return next_character(np.frombuffer(text, np.uint8))
