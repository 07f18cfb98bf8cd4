"""What each of several processes does. The program is the lesson's; only its edges are new.

At the beginning a process joins the others. In the middle it reads its own rows. At the end it
saves the pieces that are its own.
"""

import hashlib
import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np

from jaxdl import replay
from jaxdl.train import collectives, load_shards, processes, save_shards
from lessons.l20_many_devices import LESSON, Config, predicted
from lessons.l20_many_devices.functional import (
    examples,
    init,
    place,
    plan,
    read,
    stacked_loss,
    start,
)  # fmt: skip
from lessons.l20_many_devices.processes import order_of


def start_of(config):
    """PyTorch's initial numbers, in float64, in every process the same."""
    like = jax.eval_shape(lambda: init(jax.random.key(0), config.compiled))
    like = jax.tree.map(lambda leaf: np.ones(leaf.shape, np.float32), like)  # the norms stay
    drawn = LESSON.parameter_map(config).draw(replay.Generator(config.seed), like)
    return start(jax.tree.map(lambda leaf: leaf.astype(float), drawn), config.compiled)


class Told:
    """A column that keeps the numbers of the examples that were asked for."""

    def __init__(self, column):
        self.column, self.shape, self.seen = column, column.shape, []

    def __getitem__(self, rows):
        self.seen.extend(rows.tolist())
        return self.column[rows]


def learn(strategies, steps, config=None, pipeline=None, save="", load="", first=0):
    """By each strategy: the losses; what travels, predicted and counted; what a device holds; which
    examples this process has read.

    Args:
        strategies: their names.
        steps: until which one; `first` before which none is taken.
        config: fields of Config.
        pipeline: what the pipeline has otherwise: it wants as many blocks as there are devices.
        save, load: a folder for the state at the end, or of the one to begin with.
    """
    found = {}
    for strategy in strategies:
        fields = {**(config or {}), **((pipeline or {}) if strategy == "pipeline" else {})}
        config_of = Config(**fields, strategy=strategy)
        data, devices = examples(config_of), tuple(jax.devices())
        step, state_sharding, batch_sharding = plan(config_of.compiled, devices)
        whole = start_of(config_of)
        state = (
            load_shards(Path(load) / strategy, whole, state_sharding)
            if load
            else place(whole, state_sharding)
        )
        order = order_of(len(data[0]), config_of, steps)[first:]
        held = sum(
            shard.data.nbytes
            for leaf in jax.tree.leaves(state)
            for shard in leaf.addressable_shards
            if shard.device == jax.local_devices()[0]
        )
        told = Told(data[0])
        compiled = step.lower(state, read(data, order[0], batch_sharding)).compile()
        program = hashlib.sha256(repr(collectives(compiled)).encode()).hexdigest()[:8]
        losses = []
        for number, picked in enumerate(order, first):
            processes.say(strategy=strategy, step=number, program=program)
            state, value = compiled(state, read((told, data[1]), picked, batch_sharding))
            losses.append(float(value))
        if save:
            save_shards(Path(save) / strategy, state)
        counted = [each._asdict() for each in collectives(compiled)]
        found[strategy] = {
            "losses": losses,
            "counted": counted,
            "predicted": predicted.travelling(config_of, len(devices), 8) if devices[1:] else {},
            "held": held,
            "held_predicted": predicted.state_bytes(strategy, whole, len(devices)),
            "rows": told.seen,
            "temporary": compiled.memory_analysis().temp_size_in_bytes,
        }
    return found


FAULTS = ("left out", "other order", "unequal batch", "dead", "unequal seeds", "silent")


def faulty(fault, culprit, mark, config=None, steps=6):
    """Data parallel, each process giving its own rows; at step 3 one of them does otherwise.

    Args:
        fault: one of `FAULTS`; "" for none.
        culprit: the process that commits it.
        mark: a file for the moment when it did.
        config: fields of Config.
    """
    config, me = Config(**config or {}, strategy="data"), jax.process_index()
    mine = fault if me == culprit else ""
    data, devices = examples(config), tuple(jax.devices())
    step, state_sharding, batch_sharding = plan(config.compiled, devices)
    score = jax.jit(lambda params, batch: stacked_loss(params, batch, config.compiled))
    share = config.batch_size // jax.process_count()

    def batch_of(picked, rows=share):
        own = picked[me * share :][:rows]
        local = [column[own] for column in data]
        return tuple(
            jax.make_array_from_process_local_data(batch_sharding, column) for column in local
        )

    def together(program, number, call, state, picked, rows=share):
        processes.say(program=program, step=number, rows=rows)
        return jax.block_until_ready(call(state, batch_of(picked, rows)))

    order = order_of(len(data[0]), config, steps)
    # Compiled before anything is said: for that nobody is to be blamed.
    likely, batch = place(start_of(config), state_sharding), batch_of(order[0])
    step = step.lower(likely, batch).compile()
    score = score.lower(likely.params, batch).compile()
    if mine == "unequal seeds":
        commit(mark)
        config = replace(config, seed=config.seed + 1)
    whole = start_of(config)
    numbers = b"".join(np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(whole))
    processes.say(program="start", params=hashlib.sha256(numbers).hexdigest()[:8])
    state = place(whole, state_sharding)
    for number, picked in enumerate(order):
        if number == 3 and mine:
            commit(mark)
        now = mine if number == 3 else ""
        if now == "dead":
            os.kill(os.getpid(), signal.SIGKILL)
        if now == "silent":
            time.sleep(600)
        if now == "other order":
            together("score", number, score, state.params, picked)
        rows = share - 1 if now == "unequal batch" else share
        state, _ = together("step", number, step, state, picked, rows)
        if now not in ("left out", "other order"):
            together("score", number, score, state.params, picked)
    return float(state.step)


def commit(mark):
    """When the fault was committed."""
    Path(mark).write_text(str(time.time()))


TASKS = {"learn": learn, "faulty": faulty}

if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    processes.join()
    processes.give(TASKS[sys.argv[1]](**json.loads(sys.argv[2])))
