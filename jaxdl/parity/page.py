"""A comparison as one HTML file: no script, nothing from the network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from jaxdl.parity.tolerances import TOLERANCES

if TYPE_CHECKING:
    from jaxdl.parity.compare import Comparison
    from jaxdl.parity.layers import LayerError

STYLE = """
:root { color-scheme: light dark; --ink: #1d2327; --dim: #5b656d; --paper: #fff; --line: #d7dde2;
  --good: #1a7f4b; --bad: #b3261e; --bar: #7aa7d9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaed; --dim: #9aa5ad; --paper: #14181b;
  --line: #333b41; --good: #5cc792; --bad: #ff8a80; --bar: #416b99; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
p { color: var(--dim); margin: .2rem 0; }
.agree { color: var(--good); } .differ { color: var(--bad); font-weight: 600; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 500; } td.number { text-align: right; }
code { font-size: .9em; } svg { display: block; max-width: 100%; }
polyline { fill: none; stroke: var(--bar); stroke-width: 2; }
svg text { fill: var(--dim); font-size: 12px; } svg line { stroke: var(--line); }
"""


def page(comparison: Comparison, title: str) -> str:
    """The HTML document.

    Args:
        comparison: of `jaxdl.parity.compare` or `compare_records`.
        title: what was compared.
    """
    found = comparison
    verdict = (
        '<span class="agree">agree</span>' if found.agree else '<span class="differ">differ</span>'
    )
    steps = f", {found.steps} training steps" if found.steps else ""
    low = "; errors are ratios of rounding" if found.ratios else ""
    parts = [
        f"<h1>{escape(title)}: PyTorch and JAX {verdict}</h1>",
        f"<p>{found.precision}{steps}. Errors are max|a − b| / max|b|{low}.</p>",
        *_section("Quantities", _quantities(found)),
        *_section("Layers, in the order of the calls", _layers(found.layers, found.precision)),
        *_section("Loss, step by step: its error", _curve(found.loss_error)),
    ]
    for heading, kind, errors in (
        ("Gradients", "gradient", found.gradient_error),
        ("Buffers after one loss", "buffer", found.buffer_error),
        ("Parameters after the run", "parameter", found.parameter_error),
        ("Slots of the optimizer after the run", "slot", found.slot_error),
    ):
        parts += _section(heading, _named(errors, TOLERANCES.get((found.precision, kind))))
    for heading, names in (("Frozen", found.frozen), ("Unused by the loss", found.unused)):
        listed = ", ".join(f"<code>{escape(name)}</code>" for name in names)
        parts += _section(heading, listed and f"<p>{listed}</p>")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}: parity</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _section(heading: str, content: str) -> list[str]:
    return [f"<h2>{heading}</h2>", content] if content else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
    table = f"<table><thead><tr>{cells}</tr></thead><tbody>\n{body}</tbody></table>"
    return f'<div class="wide">{table}</div>'


def _number(error: float | None, limit: float | None) -> str:
    if error is None:
        return '<td class="number">not found</td>'
    kind = "" if limit is None or error <= limit else " differ"
    return f'<td class="number{kind}">{error:.1e}</td>'


def _text(text: str) -> str:
    return f"<td>{text}</td>"


def _code(text: str) -> str:
    return _text(f"<code>{escape(text)}</code>" if text else "")


def _quantities(found: Comparison) -> str:
    def rows() -> Iterable[Sequence[str]]:
        for name, error in found.worst.items():
            asked = found.asked.get(name)
            limit = None if asked is None else TOLERANCES[found.precision, name]
            first = asked is not None and asked != error
            told = "not limited" if limit is None else f"{limit:.0e}"
            told += " (the first step)" if first else ""
            yield (
                _text(name),
                _number(asked if first else error, limit),
                f'<td class="number">{told}</td>',
            )

    return _table(("quantity", "largest error", "at most"), rows())


def _layers(layers: Sequence[LayerError], precision: str) -> str:
    if not layers:
        return ""
    limit = TOLERANCES[precision, "output"]
    rows = (
        (
            _code(layer.name or "the model"),
            _text(escape(layer.kind)),
            _number(layer.error, limit),
            _number(layer.alone, limit),
            _code(f"{layer.operation} {layer.place}".strip()),
        )
        for layer in layers
    )
    head = ("layer", "", "as it runs", "with PyTorch's inputs", "in JAX")
    return _table(head, rows)


def _named(errors: Mapping[str, float], limit: float | None) -> str:
    """The worst first."""
    if not errors:
        return ""
    ordered = sorted(errors.items(), key=lambda pair: -pair[1])
    return _table(("name", "error"), ((_code(name), _number(e, limit)) for name, e in ordered))


def _curve(errors: Sequence[float]) -> str:
    """The error of the loss over the steps, on a logarithmic scale; below 1e-17 is 1e-17."""
    if len(errors) < 2:
        return ""
    width, height, left, under = 640, 200, 60, 24
    logs = [math.log10(min(max(error, 1e-17), 1e3)) for error in errors]
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    high += high == low

    def y(log: float) -> float:
        return 10 + (height - under - 10) * (high - log) / (high - low)

    across = (width - left - 10) / (len(logs) - 1)
    points = " ".join(f"{left + k * across:.1f},{y(log):.1f}" for k, log in enumerate(logs))
    stride = max(1, (high - low) // 4)
    lines = "".join(
        f'<line x1="{left}" x2="{width - 10}" y1="{y(k):.1f}" y2="{y(k):.1f}"/>'
        f'<text x="{left - 8}" y="{y(k) + 4:.1f}" text-anchor="end">1e{k}</text>'
        for k in range(low, high + 1, stride)
    )
    ends = (
        f'<text x="{left}" y="{height - 4}">step 1</text>'
        f'<text x="{width - 10}" y="{height - 4}" text-anchor="end">{len(logs)}</text>'
    )
    told = f"the error of the loss from {errors[0]:.1e} at step 1 to {errors[-1]:.1e} at the last"
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{told}">'
        f'{lines}{ends}<polyline points="{points}"/></svg>'
    )
