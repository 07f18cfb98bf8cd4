"""Tables of numbers with a label in each row."""

from __future__ import annotations

import numpy as np
import tensorflow_datasets as tfds

from jaxdl.data.builders.published import Published
from jaxdl.data.dataset import Split


class Tables(Published, skip_registration=True):
    """Stores a row's features as float32, bit for bit."""

    X = "features"

    def x_feature(self) -> tfds.features.FeatureConnector:
        """A list of numbers."""
        return tfds.features.Tensor(shape=self.entry.features, dtype=np.float32)

    @staticmethod
    def split(x: list[np.ndarray], labels: list[int]) -> Split:
        """What was stored, as a dataset holds tables: x (n, features) and y (n, 1), float32."""
        return Split(np.stack(x), np.array(labels, np.float32)[:, None])
