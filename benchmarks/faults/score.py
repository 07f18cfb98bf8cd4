"""What the doctor says of a case, and what a plain comparison of the outputs says."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jax
import numpy as np
import torch

from benchmarks.faults.case import Case
from jaxdl.errors import InputError
from jaxdl.parity import diagnose
from jaxdl.parity.compare_models import first_part, found_map
from jaxdl.parity.map import as_array
from jaxdl.parity.sides import as_tensors, leaves_of, ours, untouched, without_gradients

RESULTS = Path(__file__).parent.parent / "results" / "faults.json"
RTOL, ATOL = 1e-4, 1e-5
"""Of the plain comparison, in float32: what people write who compare the outputs of two models."""


def scored(case: Case) -> dict[str, Any]:
    """One record of the results: the diagnosis, whether it is right, what `allclose` says."""
    given = _made(case)
    begun = time.perf_counter()
    try:
        found = asdict(diagnose(**given))
    except InputError as error:  # a wrong shape is a diagnosis, too, but not the doctor's
        found = {"stage": "error", "place": "", "cause": str(error), "certain": False}
    seconds = time.perf_counter() - begun
    return {
        "fault": case.fault,
        "net": case.net,
        "source": case.source,
        "stage": case.stage,
        "found": {key: found[key] for key in ("stage", "place", "cause", "certain")},
        "place_right": case.sound or any(place in found["place"] for place in case.place),
        "cause_right": case.sound or any(cause in found["cause"] for cause in case.cause),
        "alarm": found["stage"] != "none",
        "allclose": outputs_agree(**_made(case)),
        "seconds": round(seconds, 2),
    }


def _made(case: Case) -> dict[str, Any]:
    """The pair, the same whatever was made before."""
    torch.manual_seed(0)
    return case.pair()


def outputs_agree(
    model: Any,
    params: Any,
    batch: Any,
    *,
    apply: Any = None,
    state: Any = None,
    parameter_map: Any = None,
    inputs: Any = None,
    torch_batch: Any = None,
    torch_inputs: Any = None,
    **_: Any,
) -> bool:
    """`numpy.allclose` on the outputs of the two models, in the precision that they have."""
    inputs = first_part(batch) if inputs is None else inputs
    if torch_inputs is None:
        torch_inputs = inputs if torch_batch is None else first_part(torch_batch)
    tensors = as_tensors(torch_inputs)
    if parameter_map is None:
        parameter_map = found_map(model, params, apply, state, inputs, tensors)
    weights = {name: as_array(tensor) for name, tensor in model.state_dict().items()}
    mine = ours(params, apply, None, state, parameter_map, weights)
    with untouched(model):
        wanted = [as_array(leaf).copy() for leaf in leaves_of(without_gradients(model, tensors))]
    output, _ = mine.apply(mine.params, mine.state, inputs)
    arrays = [np.squeeze(np.asarray(leaf)) for leaf in jax.tree.leaves(output)]
    return all(
        a.shape == np.squeeze(b).shape
        and np.allclose(a.astype(b.dtype), np.squeeze(b), rtol=RTOL, atol=ATOL)
        for a, b in zip(arrays, wanted, strict=True)
    )


def summary(records: list[dict[str, Any]]) -> dict[str, Any]:
    """The score: of all planted faults and all sound pairs, none left out."""
    planted = [record for record in records if record["stage"] != "none"]
    sound = [record for record in records if record["stage"] == "none"]
    return {
        "planted": len(planted),
        "faults": len({record["fault"] for record in planted}),
        "place_right": sum(record["place_right"] for record in planted),
        "cause_right": sum(record["cause_right"] for record in planted),
        "allclose_sees": sum(not record["allclose"] for record in planted),
        "sound": len(sound),
        "false_alarms": sum(record["alarm"] for record in sound),
        "allclose_false_alarms": sum(not record["allclose"] for record in sound),
    }
