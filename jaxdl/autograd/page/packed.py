"""A recording in fewer bytes, for a page: what the page does not show, or finds out itself."""

from __future__ import annotations

from typing import Any

LINE = ("file", "line", "function", "text")
DIGITS = 7
"""Significant digits of the norm, the least and the largest of a value that is not told whole."""


def packed(recording: dict[str, Any]) -> dict[str, Any]:
    """The same recording, smaller; `unpacked` in rows.js is its other half.

    Each line of a program stands once, in "places", and is meant by its number; a node without
    "kind" is an operation, one without "phase" is of the forward pass. What stands whole in the
    recording is left as it is, number by number.
    """
    places: dict[tuple[Any, ...], int] = {}
    told = _packed(recording, places)
    return told | {"places": [dict(zip(LINE, place, strict=True)) for place in places]}


def _packed(value: Any, places: dict[tuple[Any, ...], int]) -> Any:
    if isinstance(value, list):
        return [_packed(item, places) for item in value] if _nested(value) else value
    if not isinstance(value, dict):
        return value
    if "norm" in value and "elements" in value:
        return {key: _rounded(value[key]) for key in ("norm", "least", "largest")}
    told = {key: _packed(item, places) for key, item in value.items() if key != "place"}
    if place := value.get("place"):
        line = tuple(place[key] for key in LINE)
        told["place"] = places.setdefault(line, len(places))
    if "id" in told and told.get("kind") == "operation":
        del told["kind"]
    if "id" in told and told.get("phase") == "forward":
        del told["phase"]
    return told


def _nested(value: list[Any]) -> bool:
    return any(isinstance(item, dict | list) for item in value)


def _rounded(value: Any) -> Any:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
