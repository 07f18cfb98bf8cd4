"""All hazards: which program is wrong, which is right, and where the words are found."""

from __future__ import annotations

import json
from pathlib import Path

from jaxdl.autograd.hazards import functional, imperative
from jaxdl.autograd.hazards.hazard import Hazard

WORDS = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))

IMPERATIVE = {
    "accumulated": (
        imperative.gradients_accumulated,
        imperative.gradients_forgotten,
        ("state-dropped",),
    ),
    "in-place": (imperative.changed_in_place, imperative.changed_in_a_copy, ("donated",)),
    "data": (imperative.changed_behind_its_back, imperative.changed_in_a_copy, ()),
    "losses-kept": (imperative.losses_kept, imperative.numbers_kept, ("leaked-tracer",)),
    "second-backward": (imperative.second_backward, imperative.graph_retained, ()),
    "detached": (imperative.detached_too_early, imperative.detached_for_the_plot, ("stop-lost",)),
    "no-grad": (imperative.evaluated_with_a_graph, imperative.evaluated_without, ()),
    "leaf-replaced": (imperative.leaf_replaced, imperative.leaf_changed, ()),
    "eval-forgotten": (
        imperative.eval_forgotten,
        imperative.eval_called,
        ("state-dropped", "key-reused"),
    ),
    "where-nan": (imperative.nan_behind_where, imperative.where_within, ("nan-where",)),
    "integer-leaf": (imperative.integer_leaf, imperative.float_leaf, ("integer-input",)),
}
FUNCTIONAL = {
    "side-effect": (functional.side_effect_once, functional.effect_returned, ()),
    "key-reused": (functional.key_used_twice, functional.key_split, ("eval-forgotten",)),
    "state-dropped": (
        functional.state_dropped,
        functional.state_carried,
        ("accumulated", "eval-forgotten"),
    ),
    "leaked-tracer": (functional.tracer_leaked, functional.hidden_returned, ("losses-kept",)),
    "stale-closure": (functional.stale_closure, functional.scale_passed, ()),
    "recompiled": (functional.recompiled, functional.compiled_once, ()),
    "donated": (functional.donated_read, functional.donated_replaced, ("in-place",)),
    "nan-where": (functional.nan_behind_where, functional.where_within, ("where-nan",)),
    "stop-lost": (functional.stop_lost, functional.stop_kept, ("detached",)),
    "integer-input": (functional.integer_input, functional.float_input, ("integer-leaf",)),
}

HAZARDS = (
    *(Hazard(id, "imperative", WORDS[id], *programs) for id, programs in IMPERATIVE.items()),
    *(Hazard(id, "functional", WORDS[id], *programs) for id, programs in FUNCTIONAL.items()),
)
"""Every program that goes wrong, with the one that is right and the words for both: first those of
PyTorch's world, then those of JAX's."""
