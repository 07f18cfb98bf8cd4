"""Sets of 28×28 images published as four IDX files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from tensorflow_datasets.core.download.checksums import UrlInfo
from tensorflow_datasets.core.units import Size

from jaxdl.data.catalogue import Entry, Source
from jaxdl.data.dataset import Split
from jaxdl.data.readers import READERS


class Images(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Unzips and parses the files with our own readers: TFDS's builders need TensorFlow for that.

    Args:
        entry: the dataset.
        source: its files and their address.
        options: of every TFDS builder.
    """

    VERSION = tfds.core.Version("1.0.0")

    def __init__(self, entry: Entry, source: Source, **options: Any) -> None:
        self.entry, self.source = entry, source
        super().__init__(**options)

    @property
    def url_infos(self) -> dict[str, UrlInfo]:  # pyright: ignore[reportIncompatibleVariableOverride] # theirs is a class property
        """The size and checksum of what is at each address: TFDS refuses anything else."""
        infos = {}
        for file in self.source.files:
            assert file.sha256  # nothing unchecked is prepared
            info = UrlInfo(Size(file.size), file.sha256, Path(file.path).name)
            infos[self.source.url + file.path] = info
        return infos

    def _info(self) -> tfds.core.DatasetInfo:
        image = tfds.features.Tensor(
            shape=self.entry.features, dtype=np.uint8, encoding=tfds.features.Encoding.BYTES
        )
        label = tfds.features.ClassLabel(num_classes=self.entry.classes)
        features = tfds.features.FeaturesDict({"image": image, "label": label})
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.entry.title,
            features=features,
            license=self.entry.licence,
            disable_shuffling=True,  # the order of the original files
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        paths = dl_manager.download([self.source.url + file.path for file in self.source.files])
        train, test = READERS[self.entry.name](self.entry, *map(Path, paths))
        assert test is not None  # these sets have one
        return {"train": self._generate_examples(train), "test": self._generate_examples(test)}

    def _generate_examples(self, split: Split) -> Iterator[tuple[int, dict[str, Any]]]:
        for i, (image, label) in enumerate(zip(split.x, split.y, strict=True)):
            yield i, {"image": image, "label": label}


class JaxdlMnist(Images, skip_registration=True):
    """MNIST; not `mnist`, so that it never meets what TFDS's own builder stored."""
