"""Tasks made from a seed: questions and answers, both strings, each question once.

The random bits are those of `jax.random.bits`, drawn a block at a time, so a larger set begins with
the smaller one of the same key. `randint` and `permutation` are not used: between versions of JAX
they have given other numbers for the same key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int64, Shaped, UInt32

from jaxdl.data.errors import DataError
from jaxdl.data.strings import ascii_codes, encode

if TYPE_CHECKING:
    import jax

__all__ = ["TASKS", "addition", "ascii_codes", "encode", "reversal"]

LETTERS = "abcdefghij"  # of which the strings to reverse are made
BLOCK = 1024  # questions drawn at once

Pair = tuple[str, str]
Strings = Shaped[np.ndarray, " n"]


def reversal(key: jax.Array | int, n: int, longest: int) -> tuple[Strings, Strings]:
    """Strings of the letters a to j, and the same backwards: ("cab", "bac").

    Args:
        key: of jax.random, or the seed that jax.random.key makes one of.
        n: how many.
        longest: letters of the longest; each length from 1 on is drawn as often.

    Raises:
        DataError: if n is more than there are, or a number is less than 1.
    """
    _positive(n=n, longest=longest)

    def make(bits: UInt32[np.ndarray, "block columns"]) -> list[Pair]:
        lengths = 1 + _below(longest, bits[:, 0])
        letters = np.array(list(LETTERS))[_below(len(LETTERS), bits[:, 1:])]
        words = ["".join(row[:end]) for row, end in zip(letters, lengths, strict=True)]
        return [(word, word[::-1]) for word in words]

    exist = sum(len(LETTERS) ** length for length in range(1, longest + 1))
    return _distinct(key, n, exist, 1 + longest, make)


def addition(key: jax.Array | int, n: int, digits: int) -> tuple[Strings, Strings]:
    """Two numbers to add, and their sum: ("12+345", "357").

    Of the questions "12+345" and "345+12" only the first that is drawn is kept: who knows the
    answer to one knows the other.

    Args:
        key: of jax.random, or the seed that jax.random.key makes one of.
        n: how many.
        digits: of the largest number; each count of digits from 1 on is drawn as often, for each
            of the two. No number begins with 0 but 0.

    Raises:
        DataError: if n is more than there are, or a number is less than 1; if digits is above 9.
    """
    _positive(n=n, digits=digits)
    if digits > 9:
        raise DataError(f"digits is {digits}, and must be at most 9")

    def make(bits: UInt32[np.ndarray, "block 4"]) -> list[Pair]:
        counts = 1 + _below(digits, bits[:, :2])  # (block, 2)
        least = np.where(counts == 1, 0, 10 ** (counts - 1))
        numbers = least + _below(10**counts - least, bits[:, 2:])
        return [(f"{a}+{b}", str(a + b)) for a, b in numbers.tolist()]

    def unordered(question: str) -> str:
        return "+".join(sorted(question.split("+")))

    return _distinct(key, n, 10**digits * (10**digits + 1) // 2, 4, make, unordered)


def _below(
    limit: int | Int64[np.ndarray, "*shape"], bits: UInt32[np.ndarray, "*shape"]
) -> Int64[np.ndarray, "*shape"]:
    """Whole numbers from 0 to limit − 1, almost equally often: floor(limit · bits / 2³²)."""
    return (bits.astype(np.int64) * limit) >> 32  # limit is at most 10⁹: below 2⁶²


def _distinct(
    key: jax.Array | int,
    n: int,
    exist: int,
    columns: int,
    make: Callable[[UInt32[np.ndarray, "block columns"]], list[Pair]],
    same: Callable[[str], str] = str,
) -> tuple[Strings, Strings]:
    """The first n pairs that `make` makes of bits, of those with the `same` question the first."""
    import jax

    if n > exist:
        raise DataError(
            f"there are {exist} such questions, and {n} are asked for; ask for fewer or longer ones"
        )
    if isinstance(key, int):
        key = jax.random.key(key)
    seen: set[str] = set()
    pairs: list[Pair] = []
    block = 0
    while len(pairs) < n:
        bits = jax.random.bits(jax.random.fold_in(key, block), (BLOCK, columns), "uint32")
        for question, answer in make(np.asarray(bits)):
            if (mark := same(question)) not in seen:
                seen.add(mark)
                pairs.append((question, answer))
        block += 1
    questions, answers = zip(*pairs[:n], strict=True)
    return np.array(questions), np.array(answers)


def _positive(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise DataError(f"{name} is {number}, and must be at least 1")


TASKS = {"reversal": reversal, "addition": addition}
"""Each task by name: the function that makes its questions and answers from a seed."""
