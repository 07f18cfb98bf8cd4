"""Packages that not everybody installs: what to do where one is missing, told in one line."""

from __future__ import annotations

from importlib.util import find_spec

from jaxdl.errors import InputError

DISTRIBUTIONS = {
    "PIL": "pillow",
    "cloudpickle": "cloudpickle",
    "grain": "grain",
    "matplotlib": "matplotlib",
    "tensorflow_datasets": "tensorflow-datasets array-record importlib-resources",
}
"""Package -> what pip calls it, with what it needs and does not say."""


def need(package: str, what: str) -> None:
    """Go on only where a package is installed; it is not imported.

    Args:
        package: by the name it is imported by, a key of `DISTRIBUTIONS`.
        what: needs it.

    Raises:
        InputError: it is not installed.
    """
    if find_spec(package) is None:
        name = DISTRIBUTIONS[package]
        first = name.partition(" ")[0]
        raise InputError(f"{what} needs {first}, which is not installed; pip install {name}")
