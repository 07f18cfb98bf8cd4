"""The IDX format of the MNIST files: a magic number, the dimensions, the bytes.

Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database", section "File formats".
"""

from __future__ import annotations

import math
import struct
from os import PathLike

import numpy as np
from jaxtyping import UInt8

from jaxdl.data.errors import DataError
from jaxdl.data.formats.stream import open_stream

UINT8 = 0x08  # the type code; the only one MNIST uses


def read_idx(
    path: str | PathLike[str], shape: tuple[int | None, ...], note: str = ""
) -> UInt8[np.ndarray, " *shape"]:
    """Read an IDX file of unsigned bytes, plain or gzip.

    Args:
        path: the file.
        shape: the dimensions it must have, None where any length from 1 will do.
        note: why it must, for the error.

    Returns:
        A new array of that shape.

    Raises:
        DataError: another magic number or shape, a payload shorter or longer than the header
            says, damaged compression.
    """
    rank = len(shape)
    with open_stream(path) as stream:
        magic, expected = stream.take(4, "a magic number"), bytes([0, 0, UINT8, rank])
        if magic != expected:
            raise DataError.in_file(path, f"magic number 0x{expected.hex()}", f"0x{magic.hex()}")
        found = struct.unpack(f">{rank}I", stream.take(4 * rank, "dimensions"))
        if not all(n and want in (n, None) for n, want in zip(found, shape, strict=True)):
            raise DataError.in_file(path, f"dimensions {_text(shape)}{note}", _text(found))
        payload = stream.take(math.prod(found), f"a payload {_text(found)}")
        stream.end(f"the payload {_text(found)}")
    return np.frombuffer(payload, np.uint8).reshape(found).copy()  # bytes are read-only


def _text(shape: tuple[int | None, ...]) -> str:
    return "x".join("any" if n is None else str(n) for n in shape)
