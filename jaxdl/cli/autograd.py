"""`jaxdl autograd l04`: what backward and `jax.grad` do, the two beside each other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import repeat
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from jaxdl.cli.options import JSON, lesson_names
from jaxdl.cli.output import PLACE, check_place, write_json, writing
from jaxdl.cli.progress import telling
from jaxdl.cli.yours import Yours, failed, read
from jaxdl.course import find
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from jaxdl.autograd.recording import Recording
    from jaxdl.autograd.worlds import World

RATE = 0.1
"""The learning rate where a user's file brings no optimizer."""


@click.command("autograd", params=[JSON])
@click.argument(
    "what",
    metavar="LESSON | FILE.py | hazards [NAME]",
    nargs=-1,
    required=True,
    shell_complete=lambda ctx, param, incomplete: [
        *lesson_names(ctx, param, incomplete),
        *(["hazards"] if "hazards".startswith(incomplete) else []),
    ],
)
@click.option("--step", "walks", is_flag=True, help="Walk through it: one thing at a time.")
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Training steps to record; the first one is printed.",
)
@click.option(
    "--precision",
    type=click.Choice(["float32", "float64"]),
    default="float32",
    show_default=True,
    help="Of a lesson's two programs.",
)
@click.option("--html", type=PLACE, metavar="PATH", help="Write a page to look at.")
@click.option("--svg", "svg_path", type=PLACE, metavar="PATH", help="Draw the first step.")
@click.option(
    "--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of hazards."
)
def command(
    what: Sequence[str],
    walks: bool,
    steps: int,
    precision: str,
    html: str | None,
    svg_path: str | None,
    lang: str,
    json_path: str | None,
) -> int:
    """Show PyTorch's graph and JAX's programs of one loss, with every value and gradient.

    Of a lesson, or of a file of yours that defines params and loss (JAX), model and torch_loss
    (PyTorch), or both, and batch. `jaxdl autograd hazards` runs small programs that go wrong.
    """
    for path in (html, svg_path, json_path):
        check_place(path)
    first, *rest = what
    if first == "hazards":
        if walks or svg_path:
            raise InputError("hazards have no steps and no graph: they take --html and --json")
        return hazards(rest, lang, html, json_path)
    if rest:
        raise InputError(f"one lesson or one file at a time, not also {' '.join(rest)}")
    with telling() as tell:
        tell("recording")
        if first.endswith(".py"):
            recording = record_yours(read(first), steps)
        else:
            from jaxdl.course.autograd import record_lesson

            recording = record_lesson(
                find(first),
                steps=steps,
                precision=precision,
                progress=lambda step: tell(f"step {step} of {steps} is recorded"),
            )
    if html:
        from jaxdl.autograd.hazards import HAZARDS, as_json
        from jaxdl.autograd.page import page

        found = [] if first.endswith(".py") else [as_json(hazard) for hazard in HAZARDS]
        with writing(html) as part:
            part.write_text(page(recording, found), "utf-8")
    if svg_path:
        from jaxdl.autograd.svg import svg

        with writing(svg_path) as part:
            part.write_text(svg(recording.steps[0]), "utf-8")
    if json_path != "-":
        if walks:
            walk(recording)
        elif not html and not svg_path and not json_path:
            from jaxdl.autograd.text import side_by_side

            columns = get_terminal_size((120, 24)).columns
            click.echo("\n".join(side_by_side(recording.steps[0], columns)))
        for path in (html, svg_path):
            if path:
                click.echo(f"written: {path}")
    if json_path:
        write_json(json_path, recording.to_json())
    return 0


def walk(recording: Recording) -> None:
    """Every thing that the programs do, one after the other; in a terminal a key for each."""
    from jaxdl.autograd.text import NAMES, moments

    waits = sys.stdin.isatty() and sys.stdout.isatty()
    for number, step in enumerate(recording.steps):
        for world in step.graphs:
            before = ""
            for phase, told in moments(step, world):
                if phase != before:
                    click.echo(f"\nstep {number}, {NAMES[world]}: {phase}")
                    before = phase
                click.echo(f"  {told}")
                if waits and click.getchar() in "qQ":
                    return


def record_yours(yours: Yours, steps: int) -> Recording:
    """The programs of a user's file, recorded; both take the same batch at each step."""
    from jaxdl.autograd.recording import record
    from jaxdl.course.autograd import leaf_names

    title, names = yours.path.stem, None
    if yours.parameter_map is not None:
        names = leaf_names(yours.parameter_map)
    try:
        worlds = []
        if yours.has_torch:
            worlds.append(_torch_world(yours))
        if yours.has_jax:
            worlds.append(_jax_world(yours))
        return record(
            worlds, steps=steps, title=title, titles={"en": title, "zh": title}, names=names
        )
    except InputError:
        raise
    except Exception as error:
        raise failed(yours.path.name, yours.path, error) from error


def _torch_world(yours: Yours) -> World:
    from jaxdl._torch import import_torch
    from jaxdl.autograd.from_torch import parameters_of
    from jaxdl.autograd.worlds import torch_world

    torch, model = import_torch(), yours.model
    given = [tensor for _, tensor in parameters_of(model)]
    if not any(tensor.requires_grad for tensor in given):
        raise InputError("model has no parameter that requires a gradient")
    optimizer = yours.torch_optimizer or torch.optim.SGD(given, lr=RATE)

    def step(batch: Any) -> float:
        optimizer.zero_grad()
        loss = yours.torch_loss(model, batch)
        loss.backward()
        optimizer.step()
        return loss.item()

    return torch_world(yours.torch_loss, model, step, repeat(yours.tensors()), (yours.path,))


def _jax_world(yours: Yours) -> World:
    import jax
    import jax.numpy as jnp
    import optax

    from jaxdl.autograd.worlds import jax_world

    optimizer = yours.optimizer or optax.sgd(RATE)

    def floating(params: Any) -> Any:  # the others learn nothing, and no optimizer sees them
        return jax.tree.map(lambda leaf: leaf if _is_floating(leaf) else None, params)

    def with_floating(params: Any, learnt: Any) -> Any:
        return jax.tree.map(
            lambda leaf, new: leaf if new is None else new, params, learnt, is_leaf=_is_none
        )

    def step(state: Any, batch: Any) -> tuple[Any, Any]:
        params, inner = state
        learnt = floating(params)
        value, gradient = jax.value_and_grad(
            lambda learnt: jnp.reshape(yours.loss(with_floating(params, learnt), batch), ())
        )(learnt)
        updates, inner = optimizer.update(gradient, inner, learnt)
        return (with_floating(params, optax.apply_updates(learnt, updates)), inner), value

    return jax_world(
        yours.loss,
        (yours.params, optimizer.init(floating(yours.params))),
        step,
        repeat(yours.batch),
        (yours.path,),
        lambda state: state[0],
    )


def _is_floating(leaf: Any) -> bool:
    import jax
    import jax.numpy as jnp

    return jnp.issubdtype(jax.typeof(leaf).dtype, jnp.floating)


def _is_none(leaf: Any) -> bool:
    return leaf is None


def hazards(names: Sequence[str], lang: str, html: str | None, json_path: str | None) -> int:
    """Run the programs that go wrong, each beside the one that is right, and tell what happened."""
    from jaxdl._torch import has_torch
    from jaxdl.autograd.hazards import HAZARDS, as_json

    known = {hazard.id: hazard for hazard in HAZARDS}
    for name in names:
        if name not in known:
            raise InputError(f"no hazard is called {name!r}; there are {', '.join(known)}")
    asked = [known[name] for name in names] or list(HAZARDS)
    found = [as_json(hazard) for hazard in asked if hazard.world == "functional" or has_torch()]
    if json_path != "-":
        for told in found:
            words = told["words"][lang]
            click.echo(f"{told['id']} ({told['world']}): {words['title']}")
            for field in ("symptom", "cause", "cure"):
                click.echo(f"  {words[field]}")
            for which in ("wrong", "right"):
                if names:
                    click.echo(f"\n{told[which]['source'].rstrip()}\n")
                measured = told[which]["measured"]
                called = words.get("measured", {})
                numbers = (f"{called.get(name, name)}: {told}" for name, told in measured.items())
                click.echo(f"  {which}: " + "; ".join(numbers))
            click.echo("")
        if len(found) < len(asked):
            click.echo(
                f"{len(asked) - len(found)} imperative programs did not run: they need PyTorch "
                "(pip install torch)"
            )
    if html:
        from jaxdl.autograd.page import hazards_page

        with writing(html) as part:
            part.write_text(hazards_page(found), "utf-8")
        if json_path != "-":
            click.echo(f"written: {html}")
    write_json(json_path, {"schema": 1, "hazards": found})
    return 0
