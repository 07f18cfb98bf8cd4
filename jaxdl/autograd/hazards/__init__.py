"""Small programs that go wrong, each run and measured, with symptom, cause and cure."""

from jaxdl.autograd.hazards.hazard import Hazard, as_json
from jaxdl.autograd.hazards.told import HAZARDS

__all__ = ["HAZARDS", "Hazard", "as_json"]
