"""Sets of images of one size, grey or in colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from jaxdl.data.dataset import Split
from jaxdl.data.store.builders.published import Published


class Images(Published, skip_registration=True):
    """Stores an image as its bytes: TFDS's own image feature would need TensorFlow to encode it."""

    def features(self) -> dict[str, tfds.features.FeatureConnector]:
        """A row of bytes, and the label."""
        image = tfds.features.Tensor(
            shape=self.entry.features, dtype=np.uint8, encoding=tfds.features.Encoding.BYTES
        )
        return {"image": image, "label": self.label()}

    @staticmethod
    def pack(split: Split) -> Iterator[dict[str, Any]]:
        """Image by image."""
        for x, y in zip(split.x, split.y, strict=True):
            yield {"image": x, "label": int(y)}

    @staticmethod
    def unpack(examples: list[dict[str, Any]]) -> Split:
        """As a dataset holds images: x (n, …) uint8, y (n,) int32."""
        labels = [example["label"] for example in examples]
        return Split(
            np.stack([example["image"] for example in examples]), np.array(labels, np.int32)
        )
