"""How a number that an answer gives differs from the right one: in words, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

Words = dict[str, str]
"""The same words by language: {"en": …, "zh": …}."""

NEAR = 1e-4
"""Two float32 computations of one number differ by less, relative to the largest of an array."""


def same(found: Any, wanted: Any) -> bool:
    """The same shape and, up to float32's rounding, the same numbers."""
    import numpy as np

    if found is None or wanted is None:
        return found is wanted
    if found.shape != wanted.shape:
        return False
    if found.dtype.kind in "OUS" or wanted.dtype.kind in "OUS":
        return bool((found == wanted).all())
    if _is_float_for_int(found, wanted):
        return False
    wide = np.complex128 if "c" in found.dtype.kind + wanted.dtype.kind else np.float64
    found, wanted = found.astype(wide), wanted.astype(wide)
    known = np.isfinite(wanted)
    if not np.array_equal(found[~known], wanted[~known], equal_nan=True):
        return False
    scale = np.abs(wanted[known]).max(initial=0.0)
    with np.errstate(all="ignore"):
        return bool((np.abs(found[known] - wanted[known]) <= NEAR * scale + 1e-7).all())


def _is_float_for_int(found: Any, wanted: Any) -> bool:
    return wanted.dtype.kind in "iu" and found.dtype.kind == "f"


def how(found: Any, wanted: Any, n: int) -> Words:
    """How the one came of the other, as far as it can be told.

    Args:
        found: what an answer gives: an array, or None.
        wanted: what is right, and is not `same`.
        n: the number of examples, by which a sum differs from a mean.

    Returns:
        A predicate, such as {"en": "is twice too large", "zh": "大了一倍"}.
    """
    import numpy as np

    if found is None:
        return {"en": "is None: nothing is returned", "zh": "是 None：函数没有返回值"}
    if found.dtype.kind in "OUS" or wanted.dtype.kind in "OUS":
        return {
            "en": f"is {_shown(found)}; {_shown(wanted)} is right",
            "zh": f"是 {_shown(found)}，应当是 {_shown(wanted)}",
        }
    if found.dtype.kind == "c" and np.any(found.imag):
        return {"en": "is a complex number", "zh": "是复数"}
    whole = not _is_float_for_int(found, wanted)
    found, wanted = found.real.astype(np.float64), wanted.real.astype(np.float64)
    if not whole and same(found, wanted):
        return {"en": "is a float; an integer is right", "zh": "是浮点数，应当是整数"}
    if found.shape != wanted.shape:
        return _shapes(found, wanted)
    if not np.isfinite(found).all() and np.isfinite(wanted).all():
        return {"en": "is not finite (NaN or infinity)", "zh": "不是有限的数（NaN 或无穷）"}
    if not found.any():
        return {"en": "is 0", "zh": "等于 0"}
    if found.ndim == 2 and same(found, wanted.T):
        return {"en": "is transposed", "zh": "被转置了"}
    return _times(found, wanted, n) or _moved(found, wanted) or _partly(found, wanted)


def _shapes(found: np.ndarray, wanted: np.ndarray) -> Words:
    if found.ndim == 2 and same(found.T, wanted):
        return {
            "en": f"is transposed: its shape is {found.shape}, and {wanted.shape} is right",
            "zh": f"被转置了：形状是 {found.shape}，应当是 {wanted.shape}",
        }
    return {
        "en": f"has the shape {found.shape}; {wanted.shape} is right",
        "zh": f"的形状是 {found.shape}，应当是 {wanted.shape}",
    }


def _times(found: np.ndarray, wanted: np.ndarray, n: int) -> Words | None:
    norm = float((wanted * wanted).sum())
    factor = float((found * wanted).sum()) / norm if norm else 0.0
    if not factor or not same(found, factor * wanted):
        return None
    known: list[tuple[float, Words]] = [
        (-1, {"en": "has the other sign", "zh": "符号相反"}),
        (
            n,
            {
                "en": f"is the sum over the {n} examples where their mean is right",
                "zh": f"是 {n} 个样本的和，应当是平均值",
            },
        ),
        (
            1 / n,
            {
                "en": f"is the mean over the {n} examples where their sum is right",
                "zh": f"是 {n} 个样本的平均值，应当是和",
            },
        ),
        (2, {"en": "is twice too large", "zh": "大了一倍"}),
        (0.5, {"en": "is half of what is right", "zh": "只有正确值的一半"}),
    ]
    for times, words in known:
        if abs(factor / times - 1) < NEAR:
            return words
    if found.size == 1:  # any two numbers are multiples of each other
        return None
    return {
        "en": f"is {factor:.4g} times what is right",
        "zh": f"是正确值的 {factor:.4g} 倍",
    }


def _moved(found: np.ndarray, wanted: np.ndarray) -> Words | None:
    import numpy as np

    if found.size < 2:
        return None
    if same(np.sort(found.ravel()), np.sort(wanted.ravel())):
        return {"en": "has the right numbers in another order", "zh": "数值正确，但顺序不对"}
    if same(np.sort(np.abs(found.ravel())), np.sort(np.abs(wanted.ravel()))):
        return {"en": "has the other sign in some places", "zh": "在某些位置上符号相反"}
    if same(found - wanted, np.full_like(wanted, (found - wanted).flat[0])):
        return {
            "en": "differs from what is right by the same number everywhere",
            "zh": "与正确值处处相差同一个数",
        }
    return None


def _partly(found: np.ndarray, wanted: np.ndarray) -> Words:
    import numpy as np

    good = np.abs(found - wanted) <= NEAR * np.abs(wanted).max()
    if 0 < good.sum() < good.size:
        place = [int(k) for k in np.argwhere(~good)[0]]
        return {
            "en": f"is right in {good.sum()} of {good.size} numbers; the first wrong one: {place}",
            "zh": f"在 {good.size} 个数里对了 {good.sum()} 个，第一个错的在 {place}",
        }
    if found.size == 1:
        own, right = (f"{array.item():.6g}" for array in (found, wanted))
        return {"en": f"is {own}; {right} is right", "zh": f"是 {own}，应当是 {right}"}
    return {"en": "is not right", "zh": "不对"}


def _shown(array: np.ndarray) -> str:
    """Of words and other things as much as fits a line."""
    text = repr(array.item() if array.ndim == 0 else array.tolist())
    return text if len(text) <= 60 else f"{text[:57]}..."
