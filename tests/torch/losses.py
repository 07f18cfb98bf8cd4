"""Configurations of losses computed twice, by `jaxdl.losses` and by PyTorch, and compared."""

import numpy as np

from benchmarks.coverage.losses import Case, ours, theirs

__all__ = ["Case", "compare"]


def compare(cases, tolerance):
    """Every value and gradient agrees, to a part of its own largest number, and nan where nan.

    In single precision PyTorch's own distance from its double one comes on top: nothing in float64.
    """
    cases = sorted(cases, key=lambda case: case.kind)
    expected = [theirs(case) for case in cases]
    found = ours(cases, [cotangent for _, cotangent, _ in expected])
    for case, (value, slopes), (wanted, _, wanted_slopes) in zip(
        cases, found, expected, strict=True
    ):
        exact, _, exact_slopes = theirs(case.cast("float64"))
        close(value, wanted, exact, tolerance, case.kind)
        for key in case.by:
            # PyTorch's gradient by a complex number is the conjugate of JAX's.
            slope = np.conj(slopes[key])
            close(slope, wanted_slopes[key], exact_slopes[key], tolerance, key, case.kind)


def close(found, expected, exact, tolerance, *case):
    assert found.dtype == expected.dtype, case
    finite = np.isfinite(expected) & np.isfinite(exact)
    allowed = tolerance * np.abs(expected[finite]).max(initial=1e-6)
    allowed += np.abs(expected[finite] - exact[finite]).max(initial=0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=allowed, err_msg=str(case))
