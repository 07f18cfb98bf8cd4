"""How each kind of dataset stands in the store; importing this imports TensorFlow Datasets."""

from jaxdl.data.store.builders.images import Images
from jaxdl.data.store.builders.published import Published
from jaxdl.data.store.builders.strings import Names, Texts
from jaxdl.data.store.builders.tables import Tables

__all__ = ["Images", "Names", "Published", "Tables", "Texts"]
