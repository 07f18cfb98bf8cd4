"""What `prepare` downloads, builds and keeps.

`download` fetches published files; `prepared` has TensorFlow Datasets store what is in them, by a
builder for each kind of dataset, and reads it back; `decoded` keeps the arrays.

Importing this package does not import TensorFlow Datasets, which takes seconds: a dataset whose
arrays are kept is loaded without it.
"""

from typing import TYPE_CHECKING

from jaxdl.data.store import decoded, download

if TYPE_CHECKING:
    from jaxdl.data.store import builders, prepared

__all__ = ["builders", "decoded", "download", "prepared"]
