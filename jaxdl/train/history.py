"""What a run tells of itself."""

from typing import Any

History = dict[str, list[Any]]
"""Name -> its values: "loss" holds a row (steps,) an epoch, anything else a number an epoch."""
