"""What all datasets have in common that are stored from published files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tensorflow_datasets as tfds
from tensorflow_datasets.core.download.checksums import UrlInfo
from tensorflow_datasets.core.units import Size

from jaxdl.data.dataset import Split
from jaxdl.data.entry import Entry, Source
from jaxdl.data.sets.readers import READERS


class _Info(tfds.core.DatasetInfo):
    def initialize_from_bucket(self) -> None:
        """Do not ask Google's cloud about a dataset that is not TFDS's own."""


class Published(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Reads the files with our own readers: TFDS's builders need TensorFlow for that.

    Args:
        entry: the dataset.
        source: its files, and the name and version to store it under: not the name that TFDS's own
            builder has, so that it never meets what that one stored.
        options: of every TFDS builder.
    """

    def __init__(self, entry: Entry, source: Source, **options: Any) -> None:
        self.entry, self.source = entry, source
        name, version = source.prepared.split("/")
        self.name = name  # pyright: ignore[reportAttributeAccessIssue] # theirs is the class's
        self.VERSION = tfds.core.Version(version)
        super().__init__(**options)

    def features(self) -> dict[str, tfds.features.FeatureConnector]:
        """What is stored of an example, and how."""
        raise NotImplementedError

    @staticmethod
    def pack(split: Split) -> Iterator[dict[str, Any]]:
        """The examples of a split, as they are stored."""
        raise NotImplementedError

    @staticmethod
    def unpack(examples: list[dict[str, Any]]) -> Split:
        """The split whose examples they are: what `pack` packed, bit for bit."""
        raise NotImplementedError

    def label(self) -> tfds.features.FeatureConnector:
        """How a label is stored."""
        return tfds.features.ClassLabel(num_classes=self.entry.classes)

    @property
    def url_infos(self) -> dict[str, UrlInfo]:  # pyright: ignore[reportIncompatibleVariableOverride] # theirs is a class property
        """The size and checksum of what is at each address: TFDS refuses anything else."""
        infos = {}
        for file in self.source.files:
            assert file.sha256  # nothing unchecked is prepared
            infos[file.url] = UrlInfo(Size(file.size), file.sha256, file.name)
        return infos

    def _info(self) -> tfds.core.DatasetInfo:
        return _Info(
            builder=self,
            description=self.entry.title,
            features=tfds.features.FeaturesDict(self.features()),
            license=self.entry.licence,
            disable_shuffling=True,  # the order of the original files
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        paths = dl_manager.download([file.url for file in self.source.files])
        train, test = READERS[self.entry.name](self.entry, *map(Path, paths))
        splits = {"train": train} | ({"test": test} if test else {})
        return {name: self._generate_examples(split) for name, split in splits.items()}

    def _generate_examples(self, split: Split) -> Iterator[tuple[int, dict[str, Any]]]:
        yield from enumerate(self.pack(split))
