"""Orbax, as far as checkpoints need it: whole folders, one a step, and only the newest of them.

The files are ours. Orbax's own handler of arrays writes them by TensorStore in many threads: a full
disk or one damaged byte floods the terminal with the tracebacks of those that come too late.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orbax.checkpoint as ocp


class Manager:
    """The checkpoints of a directory, written one at a time.

    Args:
        directory: exists. What a killed process left half-written is deleted.
        item: name of the folder of a step in which its files are.
        keep: how many of the newest steps stay.
    """

    def __init__(self, directory: Path, item: str, keep: int) -> None:
        logging.getLogger("absl").setLevel(logging.CRITICAL)  # what fails is raised, too
        options = ocp.CheckpointManagerOptions(
            max_to_keep=keep,
            cleanup_tmp_directories=True,
            enable_async_checkpointing=False,
            save_root_metadata=False,
        )
        self._item = item
        self._manager = ocp.CheckpointManager(directory, options=options)

    def save(self, step: int, files: dict[str, bytes]) -> None:
        """Write the files into the folder of a step, whole or not at all; then delete the oldest.

        Raises:
            Exception: of many types, when the disk is full, say; earlier steps are untouched.
        """
        args = ocp.args.Composite(**{self._item: FilesSave(files)})
        self._manager.save(step, args=args, force=True)  # its policy may skip a step in silence

    def close(self) -> None:
        """Let go of Orbax's threads."""
        self._manager.close()


class FilesHandler(ocp.CheckpointHandler):
    """How Orbax writes and reads files given as bytes."""

    def save(self, directory: Any, args: FilesSave) -> None:
        """Write them into a folder that Orbax has made.

        Raises:
            OSError: no room, say.
        """
        for name, content in args.files.items():
            with open(directory / name, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # before Orbax's rename declares it whole

    def restore(self, directory: Any, args: Any = None) -> dict[str, bytes]:
        """Read them, unchecked."""
        return {path.name: path.read_bytes() for path in directory.iterdir()}


@ocp.args.register_with_handler(FilesHandler, for_save=True, for_restore=True)
@dataclass
class FilesSave(ocp.args.CheckpointArgs):
    """File name -> content."""

    files: dict[str, bytes] = field(default_factory=dict)
