"""Training: a state that is a value, a compiled step, an epoch, the loop, what survives a crash.

A lesson writes its step, `(state, batch) -> (state, loss)`; what every run needs around it is here.
"""

from jaxdl.train.buckets import bucketed
from jaxdl.train.checkpoints import Checkpoints
from jaxdl.train.collectives import Collective, bytes_by_kind, collectives
from jaxdl.train.devices import mean_over_devices, replicated, sharded_epoch, shared_step
from jaxdl.train.epoch import epoch_order, scan_epoch, step_epoch, steps_per_epoch
from jaxdl.train.evaluate import accuracy, logits
from jaxdl.train.executables import kept_executables
from jaxdl.train.history import History
from jaxdl.train.log import Log
from jaxdl.train.loop import Stopped, fit
from jaxdl.train.memory import trim_after_compiling
from jaxdl.train.processes import ProcessFailed
from jaxdl.train.shards import load_shards, save_shards
from jaxdl.train.state import TrainState
from jaxdl.train.stream import ExampleSource, Rows, Stream

__all__ = [
    "Checkpoints",
    "Collective",
    "ExampleSource",
    "History",
    "Log",
    "ProcessFailed",
    "Rows",
    "Stopped",
    "Stream",
    "TrainState",
    "accuracy",
    "bucketed",
    "bytes_by_kind",
    "collectives",
    "epoch_order",
    "fit",
    "kept_executables",
    "load_shards",
    "logits",
    "mean_over_devices",
    "replicated",
    "save_shards",
    "scan_epoch",
    "sharded_epoch",
    "shared_step",
    "step_epoch",
    "steps_per_epoch",
    "trim_after_compiling",
]
