"""Derivatives beyond `backward`, each in three ways, held to be equal and then timed."""

from jaxdl.bench.derivatives.net import AXES, DERIVATIVES, EVERY, Net, Way
from jaxdl.bench.derivatives.timed import NotEqual, measure

__all__ = ["AXES", "DERIVATIVES", "EVERY", "Net", "NotEqual", "Way", "measure"]
