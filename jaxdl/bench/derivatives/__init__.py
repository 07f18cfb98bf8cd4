"""Derivatives beyond `backward`, each in three ways, held to be equal and then timed."""

from jaxdl.bench.derivatives.measure import NotEqual, measure
from jaxdl.bench.derivatives.net import DERIVATIVES, Net, Way

__all__ = ["DERIVATIVES", "Net", "NotEqual", "Way", "measure"]
