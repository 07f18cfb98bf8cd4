"""What is in each dataset: from its files, or for a task from a seed, to its arrays."""

from jaxdl.data.sets import tasks
from jaxdl.data.sets.names import leak_free, read_names, read_surnames
from jaxdl.data.sets.readers import READERS
from jaxdl.data.sets.titanic import read_titanic

__all__ = ["READERS", "leak_free", "read_names", "read_surnames", "read_titanic", "tasks"]
