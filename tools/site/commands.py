"""The commands' page: what each says of itself when it is asked for help."""

from __future__ import annotations

import click

from jaxdl.cli import command
from jaxdl.course import lessons
from tools.site.words import WORDS

WIDTH = 96
TITLE = {"en": "Commands", "zh": "命令"}
OF_LESSONS = {"en": "lesson by lesson", "zh": "逐课"}


def pages(language: str) -> dict[str, str]:
    """Name -> page: all commands, and one for each that differs from lesson to lesson."""
    text = [
        f"# {TITLE[language]}",
        WORDS[language]["commands_lead"],
        _block(command, "jaxdl", None),
    ]
    found = {}
    context = click.Context(command, info_name="jaxdl")
    for name in command.list_commands(context):
        one = command.get_command(context, name)
        assert one is not None
        text += [f"## jaxdl {name}", _block(one, name, context)]
        if not isinstance(one, click.Group):
            continue
        inner = click.Context(one, parent=context, info_name=name)
        own = [each for each in one.list_commands(inner) if each not in _lessons()]
        for each in own:
            sub = one.get_command(inner, each)
            assert sub is not None
            text += [f"### jaxdl {name} {each}", _block(sub, each, inner)]
        if len(own) < len(one.list_commands(inner)):
            found[f"commands/{name}"] = _by_lesson(one, inner, name, language)
    pages = "\n".join(found)
    text.append(f"```{{toctree}}\n:hidden:\n\n{pages.replace('commands/', '')}\n```")
    return {"commands/index": "\n\n".join(text) + "\n"} | found


def _by_lesson(group: click.Group, inner: click.Context, name: str, language: str) -> str:
    text = [f"# jaxdl {name}, {OF_LESSONS[language]}"]
    if language == "zh":
        text = [f"# jaxdl {name}（{OF_LESSONS[language]}）"]
    for each in group.list_commands(inner):
        if each in _lessons():
            sub = group.get_command(inner, each)
            assert sub is not None
            text += [f"## jaxdl {name} {each}", _block(sub, each, inner)]
    return "\n\n".join(text) + "\n"


def _lessons() -> set[str]:
    return {lesson.name for lesson in lessons()}


def _block(one: click.Command, name: str, parent: click.Context | None) -> str:
    context = click.Context(one, parent=parent, info_name=name, max_content_width=WIDTH)
    context.terminal_width = WIDTH
    return f"```text\n{one.get_help(context).rstrip()}\n```"
