import struct
from collections.abc import Callable

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def no_folder(monkeypatch):
    """The machine's own data folder stays out; a test of the real files asks for it itself."""
    monkeypatch.delenv("JAXDL_DATA_DIR", raising=False)


@pytest.fixture(scope="session")
def encode_idx() -> Callable[[np.ndarray], bytes]:
    def encode(array: np.ndarray) -> bytes:
        header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        return header + array.astype(np.uint8).tobytes()

    return encode
