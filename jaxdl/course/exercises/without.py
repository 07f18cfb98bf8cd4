"""What an exercise asks to do without, looked for in an answer's syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

DERIVATIVES = (
    "jax.grad",
    "jax.value_and_grad",
    "jax.vjp",
    "jax.jvp",
    "jax.linearize",
    "jax.jacobian",
    "jax.jacfwd",
    "jax.jacrev",
    "jax.hessian",
    "flax.nnx.grad",
    "flax.nnx.value_and_grad",
    "torch.autograd",
    "torch.func",
    ".backward",
    "jaxdl.autograd",
)
"""What differentiates by itself: for an exercise that asks for a derivative by hand."""

STATEMENTS = {
    ast.For: "for",
    ast.comprehension: "for",
    ast.While: "while",
    ast.If: "if",
    ast.IfExp: "if",
}


def used(tree: ast.Module, without: tuple[str, ...]) -> tuple[str, int] | None:
    """The first thing in an answer that it is to do without; None: there is none.

    Args:
        tree: the answer's.
        without: as in `Exercise`.

    Returns:
        What it is, by its full name, and the line in which it stands.
    """
    found = [
        (line, name)
        for line, name in names_in(tree)
        if any(name == each or name.startswith(f"{each}.") for each in without)
    ]
    if not found:
        return None
    line, name = min(found)
    return name.removeprefix("."), line


def names_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of whatever is imported, called or looked up, and of statements."""
    known: dict[str, str] = {}  # what a name of the answer stands for: jnp for jax.numpy
    lines: dict[int, int] = {}  # of a comprehension, which does not know its own

    def full(node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return known.get(node.id, "")
        if isinstance(node, ast.Attribute) and (owner := full(node.value)):
            return f"{owner}.{node.attr}"
        return ""

    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield node.lineno, each.name
                known[each.asname or each.name.partition(".")[0]] = (
                    each.name if each.asname else each.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield node.lineno, f"{node.module}.{each.name}"
                known[each.asname or each.name] = f"{node.module}.{each.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (name := full(node.value)):  # nn = jax.nn
            known |= {target.id: name for target in node.targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            lines |= {id(each): node.lineno for each in node.generators}
        if type(node) in STATEMENTS:
            yield getattr(node, "lineno", 0) or lines[id(node)], STATEMENTS[type(node)]
        elif isinstance(node, ast.Attribute | ast.Name):
            if name := full(node):
                yield node.lineno, name
            if isinstance(node, ast.Attribute):
                yield node.lineno, f".{node.attr}"
