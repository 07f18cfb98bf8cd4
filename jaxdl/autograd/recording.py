"""Several training steps of a pair of programs, in both worlds: what the page and the command show.

`record` runs the programs (`jaxdl.autograd.worlds`). Everything in a recording was computed by the
frameworks themselves.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from jaxdl.autograd.alone import pieces
from jaxdl.autograd.graph import SMALL, Graph, Place, numbers
from jaxdl.autograd.kept import kept
from jaxdl.autograd.pictures import pictured
from jaxdl.autograd.ties import Tie, alone, called, tie
from jaxdl.autograd.watch import Event
from jaxdl.autograd.worlds import World

SCHEMA = 1

Text = Mapping[str, str]
"""The same words by language: {"en": …, "zh": …}."""


@dataclass(frozen=True)
class Fault:
    """A wrong program, recorded as it is.

    Args:
        id: one word, for the address.
        titles: what is wrong.
        why: what happens, and what the other world says to it.
        world: the program.
        line: the line that is missing, doubled or misplaced; "": none.
        elsewhere: what one would have to write in the other world for the same fault; "": it
            cannot be written.
    """

    id: str
    titles: Text
    why: Text
    world: World
    line: str = ""
    elsewhere: str = ""


@dataclass(frozen=True)
class Update:
    """What a training step made of one parameter.

    Args:
        name: as the graph has it.
        before, after: its value.
        gradient: of the loss, at `before`; None: none reached it.
    """

    name: str
    before: np.ndarray = field(repr=False)
    gradient: np.ndarray | None = field(repr=False)
    after: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Step:
    """One training step, in each world by its framework's name.

    Args:
        loss: before the step.
        graphs: of the loss and its gradient.
        updates: of every parameter.
        events: what the lines of the program did, in their order.
        ties: which value of PyTorch is which of JAX.
        tape_ties: which value of the tape is which of JAX.
        errors: what ended a step that could not be taken.
        error_places: the line of the program that it ended in.
        alive: how many nodes of graphs are still held after the step.
    """

    loss: dict[str, float]
    graphs: dict[str, Graph]
    updates: dict[str, tuple[Update, ...]]
    events: dict[str, tuple[Event, ...]]
    ties: tuple[Tie, ...] = ()
    tape_ties: tuple[Tie, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    error_places: dict[str, Place] = field(default_factory=dict)
    alive: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """Several training steps of one program in several worlds.

    Args:
        title: one word, for the address and the file's name.
        titles: for people.
        precision: of the numbers.
        sources: by framework, the program's files: (name, text).
        steps: in their order.
        faults: wrong programs: the fault, its sources, its steps.
        checkpointed: the same programs with checkpoints: their sources by framework, one step.
    """

    title: str
    titles: Text
    precision: str
    sources: dict[str, tuple[tuple[str, str], ...]]
    steps: tuple[Step, ...]
    faults: tuple[tuple[Fault, tuple[tuple[str, str], ...], tuple[Step, ...]], ...] = ()
    checkpointed: tuple[dict[str, tuple[tuple[str, str], ...]], Step] | None = None

    def to_json(self, small: int | None = SMALL) -> dict[str, Any]:
        """As JSON takes it; values of more than `small` elements are told in few words."""
        return {
            "schema": SCHEMA,
            "title": self.title,
            "titles": dict(self.titles),
            "precision": self.precision,
            "sources": {world: _sources(files) for world, files in self.sources.items()},
            "steps": [_step(step, small) for step in self.steps],
            "faults": [
                {
                    "id": fault.id,
                    "world": fault.world.framework,
                    "titles": dict(fault.titles),
                    "line": fault.line,
                    "why": dict(fault.why),
                    "elsewhere": fault.elsewhere,
                    "sources": _sources(files),
                    "steps": [_step(step, small) for step in steps],
                }
                for fault, files, steps in self.faults
            ],
            "checkpointed": None
            if self.checkpointed is None
            else {
                "sources": {key: _sources(files) for key, files in self.checkpointed[0].items()},
                "steps": [_step(self.checkpointed[1], small, self.steps[0])],
            },
        }


def record(
    worlds: Sequence[World],
    *,
    steps: int = 3,
    title: str = "",
    titles: Text | None = None,
    precision: str = "float32",
    names: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
    checkpointed: Sequence[World] = (),
    progress: Callable[[int], None] | None = None,
) -> Recording:
    """Run the programs and write down what they do.

    Args:
        worlds: at most one of each framework.
        steps: training steps of each.
        title, titles: see `Recording`.
        precision: what the numbers are; the programs are made for it already.
        names: PyTorch's name of a parameter to JAX's, where they are not the same.
        faults: wrong programs, each recorded for as many steps, or until it fails.
        checkpointed: the same programs with checkpoints, recorded for one step.
        progress: called with the number of each step that is done.
    """
    runs = [iter(world.batches) for world in worlds]
    done: list[Step] = []
    for number in range(steps):
        batches = [next(run, None) for run in runs]
        if any(batch is None for batch in batches):
            break
        done.append(_together(worlds, batches, names))
        if progress:
            progress(number + 1)
    return Recording(
        title=title,
        titles=titles or {"en": title, "zh": title},
        precision=precision,
        sources={world.framework: read(world.sources) for world in worlds},
        steps=tuple(done),
        faults=tuple(
            (fault, read(fault.world.sources), _failing(fault, steps)) for fault in faults
        ),
        checkpointed=_checkpointed(checkpointed, names) if checkpointed else None,
    )


def read(files: Sequence[Path]) -> tuple[tuple[str, str], ...]:
    """The files' names and texts."""
    return tuple((_called(path, files), path.read_text("utf-8")) for path in files)


def _called(path: Path, files: Sequence[Path]) -> str:
    """Its name, with its folder's where another has the same: checkpointed/functional.py."""
    names = [file.name for file in files]
    outer = min(files, key=lambda file: len(file.parts))
    alone = names.count(path.name) == 1 or path.parent == outer.parent
    return path.name if alone else f"{path.parent.name}/{path.name}"


def _together(
    worlds: Sequence[World], batches: Sequence[Any], names: Mapping[str, str] | None
) -> Step:
    loss, graphs, updates, events, errors, ends, alive = {}, {}, {}, {}, {}, {}, {}
    for world, batch in zip(worlds, batches, strict=True):
        graph, before = _portable(world.graph(batch), world.sources), world.parameters()
        value, lines, error = world.step(batch)
        after, known = world.parameters(), graph.parameters
        key = world.framework
        graphs[key] = graph
        loss[key] = float(_told(graph).reshape(())) if value is None else value
        events[key] = tuple(
            replace(line, place=_portable_place(line.place, world.sources)) for line in lines
        )
        updates[key] = tuple(
            Update(name, then, known[name].gradient if name in known else None, after[name])
            for name, then in before.items()
        )
        if world.alive and not error:  # an exception holds what its functions had named
            alive[key] = world.alive()
        if error:
            errors[key] = f"{type(error).__name__}: {error}"
            if found := _where(error, world.sources):
                ends[key] = found
    ties = {
        key: tuple(tie(graphs[key], graphs["jax"], names))
        for key in ("torch", "tape")
        if key in graphs and "jax" in graphs
    }
    own, other = ties.get("torch", ()), ties.get("tape", ())
    return Step(loss, graphs, updates, events, own, other, errors, ends, alive)


def _told(graph: Graph) -> np.ndarray:
    """The loss, where the step has ended before it could give it."""
    value = graph[graph.output].value
    return np.asarray(np.nan if value is None else value)


def _where(error: Exception, sources: Sequence[Path]) -> Place | None:
    """The innermost of the program's own lines that an exception came through."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        place = Place(frame.filename, frame.lineno or 0, frame.name, frame.line or "")
        if found := _portable_place(place, sources):
            return found
    return None


def _checkpointed(
    worlds: Sequence[World], names: Mapping[str, str] | None
) -> tuple[dict[str, tuple[tuple[str, str], ...]], Step]:
    batches = [next(iter(world.batches)) for world in worlds]
    sources = {world.framework: read(world.sources) for world in worlds}
    return sources, _together(worlds, batches, names)


def _failing(fault: Fault, steps: int) -> tuple[Step, ...]:
    done: list[Step] = []
    for _, batch in zip(range(steps), fault.world.batches, strict=False):
        done.append(_together([fault.world], [batch], None))
        if done[-1].errors:
            break
    return tuple(done)


def _portable(graph: Graph, sources: Sequence[Path]) -> Graph:
    """The graph with its places' files by their names alone, as `sources` has them."""
    return replace(
        graph,
        nodes=tuple(
            replace(node, place=_portable_place(node.place, sources)) for node in graph.nodes
        ),
    )


def _portable_place(place: Place | None, sources: Sequence[Path]) -> Place | None:
    """None for a line that is in none of the files."""
    path = next((path for path in sources if place and str(path) == place.file), None)
    return path and place and replace(place, file=_called(path, sources))


def _alone(
    step: Step,
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, list[str]]]]:
    """By framework why a value has no counterpart, and what stands for it; JAX's in PyTorch."""
    reasons, there = {}, {}
    for key, ties in (("tape", step.tape_ties), ("torch", step.ties)):
        if key not in step.graphs and (key == "tape" or "jax" not in step.graphs):
            continue
        for world, other, i in ((key, "jax", 0), ("jax", key, 1)):
            if world not in step.graphs:
                continue
            graph, partner = step.graphs[world], {pair[i]: pair[1 - i] for pair in ties}
            reasons[world], there[world] = alone(graph, partner), {}
            if other in step.graphs:
                for id, (reason, piece) in pieces(graph, step.graphs[other], partner).items():
                    reasons[world][id] = reason or reasons[world][id]
                    if piece:
                        there[world][id] = piece
    return reasons, there


def _names(step: Step, reasons: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """By name: which values are the same in both worlds, and which have no partner and why."""
    graphs = step.graphs
    return {
        "tied": [
            {"torch": called(graphs["torch"][a]), "jax": called(graphs["jax"][b]), "how": how}
            for a, b, how in step.ties
        ],
        "untied": {
            world: [
                {"id": id, "name": called(graphs[world][id]), "reason": reason}
                for id, reason in told.items()
            ]
            for world, told in reasons.items()
        },
    }


def _sources(files: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"file": name, "text": text} for name, text in files]


def _step(step: Step, small: int | None, plain: Step | None = None) -> dict[str, Any]:
    reasons, there = _alone(step)
    shown = {world: reasons[world] for world in ("torch", "jax") if world in reasons}
    return {
        "loss": {key: numbers(np.asarray(loss)) for key, loss in step.loss.items()},
        "graphs": {key: pictured(graph, small) for key, graph in step.graphs.items()},
        "ties": [list(pair) for pair in step.ties],
        "tape_ties": [list(pair) for pair in step.tape_ties],
        "alone": reasons,
        "alone_of": there,
        **_names(step, shown),
        "kept": {
            key: kept(graph, plain.graphs.get(key) if plain else None)
            for key, graph in step.graphs.items()
        },
        "updates": {
            key: [
                {
                    "name": update.name,
                    "before": numbers(update.before, small),
                    "gradient": numbers(update.gradient, small),
                    "after": numbers(update.after, small),
                }
                for update in updates
            ]
            for key, updates in step.updates.items()
        },
        "events": {
            key: [
                {
                    "what": event.what,
                    "name": event.name,
                    "before": numbers(event.before, small),
                    "after": numbers(event.after, small),
                    "place": event.place and vars(event.place),
                }
                for event in events
            ]
            for key, events in step.events.items()
        },
        "alive": step.alive,
        "errors": step.errors,
        "error_places": {key: vars(place) for key, place in step.error_places.items()},
    }
