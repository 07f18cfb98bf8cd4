"""Sets of images of one size, grey or in colour."""

from __future__ import annotations

import numpy as np
import tensorflow_datasets as tfds

from jaxdl.data.builders.published import Published
from jaxdl.data.dataset import Split


class Images(Published, skip_registration=True):
    """Stores an image as its bytes: TFDS's own image feature would need TensorFlow to encode it."""

    X = "image"

    def x_feature(self) -> tfds.features.FeatureConnector:
        """A row of bytes."""
        return tfds.features.Tensor(
            shape=self.entry.features, dtype=np.uint8, encoding=tfds.features.Encoding.BYTES
        )

    @staticmethod
    def split(x: list[np.ndarray], labels: list[int]) -> Split:
        """What was stored, as a dataset holds images: x (n, …) uint8, y (n,) int32."""
        return Split(np.stack(x), np.array(labels, np.int32))
