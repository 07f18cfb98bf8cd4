"""The reference: every name that a package's `__all__` lists, with its signature and its docstring.

The signature is the source's own, so that shapes stand there as they were written.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import jaxdl
from tools.site.places import ROOT

SPAN = re.compile(r"(?<!`)`(?!`)([^`]+?)`(?!`)", re.S)
LIKE_ANOTHERS = re.compile(r"^Args: as (those of .*?),? and:\n", re.M)
"""The arguments of another function, and some more."""
LONG_NAMES = re.compile(r"^(    [*\w]+(?:, [*\w]+)*,)\n +(?=[*\w]+(?:, [*\w]+)*[,:])", re.M)
"""Names of arguments that go on in the next line."""
HOSTILE = re.compile(r"([*|\\])|(?<=\w)(_)(?=\W|$)")


@dataclass(frozen=True)
class Name:
    """A public name.

    Args:
        package: that lists it.
        name: as it lists it.
        kind: "function", "class", "data" or "module".
        doc: what it says of itself; "": nothing.
        signature: of a function or class, with its parentheses.
        members: of a class: its methods and properties.
    """

    package: str
    name: str
    kind: str
    doc: str
    signature: str = ""
    members: tuple[Name, ...] = ()


def packages() -> list[str]:
    """Every public module that has an `__all__`. PyTorch is not needed to import them."""
    found = []
    for module in pkgutil.walk_packages(jaxdl.__path__, "jaxdl."):
        private = any(part.startswith("_") for part in module.name.split("."))
        if not private and re.search(r"^__all__ = ", _source(_file(module.name)), re.M):
            found.append(module.name)
    return sorted(found)


@cache
def names(package: str) -> tuple[Name, ...]:
    """What a package lists, in its order."""
    module = importlib.import_module(package)
    return tuple(_name(module, name) for name in module.__all__)


def _name(module: ModuleType, name: str) -> Name:
    package = module.__name__
    if not hasattr(module, name):
        return Name(package, name, "module", _doc(importlib.import_module(f"{package}.{name}")))
    value = getattr(module, name)
    if inspect.ismodule(value):
        return Name(package, name, "module", _doc(value))
    if inspect.isclass(value):
        return Name(package, name, "class", _doc(value), _made(value), _members(value))
    if inspect.isroutine(value) or inspect.isfunction(inspect.unwrap(value)):
        return Name(package, name, "function", _doc(value), _parameters(value))
    return Name(package, name, "data", attribute_doc(package, name))


def _members(owner: type) -> tuple[Name, ...]:
    found = []
    for name, value in vars(owner).items():
        plain = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if name.startswith("_") and name != "__call__":
            continue
        if isinstance(value, property):
            found.append(Name(owner.__name__, name, "property", _doc(value)))
        elif inspect.isfunction(inspect.unwrap(plain)) and _doc(plain):
            drop = 0 if isinstance(value, staticmethod) else 1
            found.append(
                Name(owner.__name__, name, "method", _doc(plain), _parameters(plain, drop))
            )
    return tuple(found)


def _made(owner: type) -> str:
    """What a class is called with: its fields, or the `__init__` of the nearest that has one."""
    if dataclasses.is_dataclass(owner):
        told = []
        for one in dataclasses.fields(owner):
            default = one.default is not dataclasses.MISSING
            default |= one.default_factory is not dataclasses.MISSING
            kind = one.type if isinstance(one.type, str) else getattr(one.type, "__name__", "")
            told.append(f"{one.name}{': ' + kind if kind else ''}{' = ...' if default else ''}")
        return f"({', '.join(told)})"
    for each in owner.__mro__:
        if "__init__" in vars(each) and each.__module__.startswith("jaxdl"):
            return _parameters(vars(each)["__init__"], drop=1).partition(" -> ")[0]
    return "" if issubclass(owner, BaseException) else _called(owner)


def _doc(value: Any) -> str:
    return (
        inspect.cleandoc(vars(value).get("__doc__") or "")
        if isinstance(value, type)
        else (inspect.getdoc(value) or "")
    )


def _parameters(value: Any, drop: int = 0) -> str:
    """(x: Float[Array, "n d"], …) -> …, as the source has it."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(value))))
    except (OSError, TypeError, SyntaxError):
        return _called(value)
    node = tree.body[0]
    if not isinstance(node, ast.FunctionDef):
        return _called(value)
    arguments = node.args
    first = arguments.posonlyargs or arguments.args
    del first[:drop]
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(arguments)}){returned}"


def _called(value: Any) -> str:
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return ""
    told = []
    for one in parameters:
        default = "" if one.default is one.empty else " = …"
        told.append(f"{one.name}{default}" if one.name != "self" else "")
    return f"({', '.join(filter(None, told))})".replace(" = …", "=...")


def attribute_doc(module: str, name: str, seen: frozenset[str] = frozenset()) -> str:
    """The string below a constant's assignment, in the module that makes it."""
    if module in seen or not (file := _file(module)):
        return ""
    body = ast.parse(_source(file)).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        made = [each for one in targets for each in getattr(one, "elts", [one])]
        if any(isinstance(each, ast.Name) and each.id == name for each in made):
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                return inspect.cleandoc(str(after.value.value))
            return ""
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return attribute_doc(node.module, alias.name, seen | {module})
    return ""


def first_line(package: str) -> str:
    """What a package is, in one line."""
    return _doc(importlib.import_module(package)).partition("\n")[0]


def _file(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    found = [place / "__init__.py", place.with_suffix(".py")]
    return next((file for file in found if file.is_file()), None)


@cache
def _source(file: Path | None) -> str:
    return file.read_text("utf-8") if file else ""


def page(package: str, note: str) -> str:
    """A package's page, in reStructuredText.

    Args:
        package: which.
        note: a line that stands below the title, or "".
    """
    doc = _doc(importlib.import_module(package))
    line = "=" * len(package)
    parts = [
        f"{package}\n{line}",
        note,
        rest(doc),
        f".. py:module:: {package}\n   :no-index-entry:",
    ]
    parts.append(f".. py:currentmodule:: {package}")
    parts += [entry(name) for name in names(package)]
    return "\n\n".join(filter(None, parts)) + "\n"


def entry(name: Name, indent: str = "") -> str:
    """A name, what is in it, and what it says."""
    if name.kind == "module":
        inner = f"{name.package}.{name.name}"
        link = f":doc:`{inner}`" if inner in packages() else f"``{inner}``"
        return (
            f".. rubric:: {name.name}\n\nA module: {link}. {rest(name.doc.partition(chr(10))[0])}"
        )
    head = f".. py:{name.kind}:: {name.name}{name.signature}"
    if name.kind in ("method", "property"):
        head += "\n   :no-contents-entry:"
    body = [rest(name.doc), *(entry(member) for member in name.members)]
    text = "\n\n".join(filter(None, body))
    return textwrap.indent(f"{head}\n\n{textwrap.indent(text, '   ')}", indent)


def rest(doc: str) -> str:
    """A docstring as reStructuredText: its sections by napoleon, its `code` as code."""
    from sphinx.ext.napoleon import Config
    from sphinx.ext.napoleon.docstring import GoogleDocstring

    settings: Any = Config(  # napoleon's own, which its annotation takes for Sphinx's
        napoleon_use_param=False,
        napoleon_use_rtype=False,
        napoleon_use_ivar=True,
        napoleon_preprocess_types=False,
    )
    return str(GoogleDocstring(plain(doc), settings)).strip("\n")


def plain(doc: str) -> str:
    """A docstring whose prose holds nothing that reStructuredText would take for its own."""
    doc = LIKE_ANOTHERS.sub(r"The arguments are \1, and these.\n\nArgs:\n", doc)
    doc = LONG_NAMES.sub(r"\1 ", doc)
    found = []
    for block in re.split(r"(\n[ \t]*\n)", doc):
        mathematics = block.lstrip().startswith(".. ")
        if mathematics or ">>>" in block:
            # What stands above an example, such as "Example:", has nothing to be changed.
            found.append(block)
        else:
            found.append(_prose(block))
    return "".join(found)


def _prose(text: str) -> str:
    pieces, end = [], 0
    for span in SPAN.finditer(text):
        inner = " ".join(span[1].split())
        pieces += [_escaped(text[end : span.start()]), f"``{inner}``"]
        after = text[span.end() : span.end() + 1]
        pieces.append("\\ " if after and (after.isalnum() or after == "`") else "")
        end = span.end()
    return "".join([*pieces, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return HOSTILE.sub(lambda found: "\\" + found[0], text)
