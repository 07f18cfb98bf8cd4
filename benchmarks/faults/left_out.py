"""Faults that are not planted, and why not."""

LEFT_OUT: dict[str, str] = {
    "R13": "dropout behind the last layer shows in training alone, where the two programs draw "
    "other numbers",
}
