"""Readers of kinds of files, strict and bounded, plain or gzip; none of them knows a dataset."""

from jaxdl.data.formats.csv import read_csv
from jaxdl.data.formats.idx import read_idx
from jaxdl.data.formats.rows import read_rows
from jaxdl.data.formats.stream import Stream, open_stream
from jaxdl.data.formats.tar import read_tar, read_unpacked
from jaxdl.data.formats.text import read_text

__all__ = [
    "Stream",
    "open_stream",
    "read_csv",
    "read_idx",
    "read_rows",
    "read_tar",
    "read_text",
    "read_unpacked",
]
