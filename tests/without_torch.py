"""A pytest plugin that hides PyTorch: `pytest -p tests.without_torch --ignore tests/torch`.

Every import of torch then fails as on a machine where it is not installed.
"""

import sys


class NoTorch:
    """Finds torch first, and says that there is none."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, NoTorch())
