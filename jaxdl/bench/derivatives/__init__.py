"""Derivatives beyond `backward`, each in three ways, held to be equal and then timed."""

from jaxdl.bench.derivatives.net import DERIVATIVES, Net, Way
from jaxdl.bench.derivatives.timed import NotEqual, measure

__all__ = ["DERIVATIVES", "Net", "NotEqual", "Way", "measure"]
