"""Tables of numbers with a label in each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from jaxdl.data.dataset import Split
from jaxdl.data.store.builders.published import Published


class Tables(Published, skip_registration=True):
    """Stores a row's features as float32, bit for bit."""

    def features(self) -> dict[str, tfds.features.FeatureConnector]:
        """A list of numbers, and the label."""
        numbers = tfds.features.Tensor(shape=self.entry.features, dtype=np.float32)
        return {"features": numbers, "label": self.label()}

    @staticmethod
    def pack(split: Split) -> Iterator[dict[str, Any]]:
        """Row by row."""
        for x, y in zip(split.x, split.y, strict=True):
            yield {"features": x, "label": int(y.item())}

    @staticmethod
    def unpack(examples: list[dict[str, Any]]) -> Split:
        """As a dataset holds tables: x (n, features) and y (n, 1), float32."""
        x = np.stack([example["features"] for example in examples])
        return Split(x, np.array([[example["label"]] for example in examples], np.float32))
