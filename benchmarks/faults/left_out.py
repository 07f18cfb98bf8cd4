"""Faults that are not planted, and why not."""

LEFT_OUT: dict[str, str] = {}
