"""Tasks from a seed: right answers, each question once, the same ones in every version of JAX."""

import subprocess
import sys
from collections import Counter

import jax
import numpy as np
import pytest
from beartype import beartype
from jaxtyping import jaxtyped

from jaxdl.data import strings, tasks
from jaxdl.data.errors import DataError

check = jaxtyped(typechecker=beartype)
addition, reversal = check(tasks.addition), check(tasks.reversal)
ascii_codes, encode = check(strings.ascii_codes), check(strings.encode)


def test_reversal_is_pinned():
    questions, answers = reversal(jax.random.key(0), 4, 6)
    assert list(questions) == ["bcbbhh", "j", "ghdigc", "hi"]
    assert list(answers) == ["hhbbcb", "j", "cgidhg", "ih"]
    assert list(reversal(jax.random.key(1), 3, 3)[0]) == ["cib", "j", "dic"]


def test_addition_is_pinned():
    questions, answers = addition(jax.random.key(0), 4, 3)
    assert list(questions) == ["304+1", "7+237", "188+5", "9+72"]
    assert list(answers) == ["305", "244", "193", "81"]
    assert list(addition(jax.random.key(1), 3, 9)[0]) == [
        "8360781+253",
        "6+452449588",
        "8573531+3449",
    ]


def test_the_bits_are_jaxs():
    """Question i comes from row i of a block's bits: a multiple of a number, divided by 2³²."""
    bits = jax.random.bits(jax.random.fold_in(jax.random.key(5), 0), (1024, 4), "uint32")
    a, b, first, second = (int(bit) for bit in bits[0])
    numbers = []
    for count, bit in ((1 + 2 * a // 2**32, first), (1 + 2 * b // 2**32, second)):
        least = 10 if count == 2 else 0
        numbers.append(least + (10**count - least) * bit // 2**32)
    assert addition(jax.random.key(5), 1, 2)[0][0] == "{}+{}".format(*numbers)


@pytest.mark.parametrize("task", tasks.TASKS)
def test_a_seed_is_its_key_and_a_larger_set_begins_with_the_smaller(task):
    make = check(tasks.TASKS[task])
    small, large = make(7, 50, 4), make(jax.random.key(7), 2000, 4)
    for few, many in zip(small, large, strict=True):
        assert list(few) == list(many[:50])
    assert list(make(8, 50, 4)[0]) != list(small[0])
    assert len(set(large[0])) == 2000


def test_reversal_reverses():
    questions, answers = reversal(0, 3000, 5)
    assert all(a == q[::-1] for q, a in zip(questions, answers, strict=True))
    assert set("".join(questions)) == set("abcdefghij")
    lengths = Counter(map(len, reversal(0, 800, 8)[0]))
    assert set(lengths) == set(range(1, 9))
    # The ten strings of one letter are soon used up, and most of the hundred of two.
    assert lengths[1] == 10
    assert all(90 < lengths[n] < 150 for n in range(3, 9))


def test_addition_adds():
    questions, answers = addition(0, 3000, 3)
    pairs = [tuple(map(int, question.split("+"))) for question in questions]
    assert [f"{a}+{b}" for a, b in pairs] == list(questions)  # no zeros in front
    assert [a + b for a, b in pairs] == list(map(int, answers))
    assert len({frozenset(pair) for pair in pairs}) == 3000  # nor the other way round
    counts = Counter((len(str(a)), len(str(b))) for a, b in pairs)
    assert {count for count, n in counts.items() if n > 30} == {
        (a, b) for a in (1, 2, 3) for b in (1, 2, 3)
    }


def test_all_that_there_are():
    questions, _ = reversal(0, 110, 2)
    letters = "abcdefghij"
    assert set(questions) == {*letters} | {a + b for a in letters for b in letters}
    questions, _ = addition(0, 55, 1)
    assert {frozenset(question.split("+")) for question in questions} == {
        frozenset((str(a), str(b))) for a in range(10) for b in range(10)
    }


@pytest.mark.parametrize(
    ("make", "n", "most", "says"),
    [
        (
            reversal,
            111,
            2,
            "there are 110 such questions, and 111 are asked for; ask for fewer or longer ones",
        ),
        (
            addition,
            56,
            1,
            "there are 55 such questions, and 56 are asked for; ask for fewer or longer ones",
        ),
        (reversal, 0, 2, "n is 0, and must be at least 1"),
        (reversal, 1, 0, "longest is 0, and must be at least 1"),
        (addition, 1, 0, "digits is 0, and must be at least 1"),
        (addition, 1, 10, "digits is 10, and must be at most 9"),
    ],
)
def test_more_than_there_are_or_none(make, n, most, says):
    with pytest.raises(DataError, match=f"^{says}$"):
        make(0, n, most)


def test_importing_the_tasks_does_not_import_jax():
    program = "import sys; from jaxdl.data import tasks; print('jax' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"


# Strings as numbers


def test_encode_counts_from_one_and_pads_with_zero():
    codes = encode(["cab", "", "b"], "abc")
    np.testing.assert_array_equal(
        codes, np.array([[3, 1, 2], [0, 0, 0], [2, 0, 0]], np.int32), strict=True
    )
    wide = encode(np.array(["cab", "", "b"]), "abc", 5)
    np.testing.assert_array_equal(wide, np.pad(codes, ((0, 0), (0, 2))), strict=True)
    assert encode([], "abc", 4).shape == (0, 4)
    assert tasks.encode is strings.encode
    assert tasks.ascii_codes is strings.ascii_codes


def test_ascii_codes_are_ords():
    codes = ascii_codes(np.array(["O'Brien", "See "]), 9)
    assert codes.dtype == np.int32
    assert codes.tolist() == [[*map(ord, "O'Brien"), 0, 0], [*map(ord, "See "), 0, 0, 0, 0, 0]]
    assert ascii_codes(["O'Brien", "See "]).shape == (2, 7)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: encode(["ab", "axb"], "abc"), "'axb' has 'x', which is not in the alphabet"),
        (lambda: encode(["ab", "A"], "abc"), "'A' has 'A', which is not in the alphabet"),
        (
            lambda: encode(["a", "abcab"], "abc", 4),
            "'abcab' has 5 characters, more than the width 4",
        ),
        (lambda: encode(["ab"], "aba"), "the alphabet 'aba' has a character twice"),
        (lambda: ascii_codes(["Muñoz"]), "'Muñoz' has 'ñ', which is not in the alphabet"),
        (lambda: ascii_codes(["a\0b"]), r"'a\\x00b' has '\\x00', which is not in the alphabet"),
        (lambda: ascii_codes(["ab"], 1), "'ab' has 2 characters, more than the width 1"),
    ],
)
def test_what_cannot_be_encoded(make, says):
    with pytest.raises(ValueError, match=f"^{says}$"):
        make()
