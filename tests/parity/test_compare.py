"""The comparison finds what is wrong, and says so."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl.course import find, golden
from jaxdl.course.compare_lesson import compare_lesson
from jaxdl.course.records import functional_record
from jaxdl.errors import InputError
from jaxdl.parity.compare import compare_records
from jaxdl.parity.tolerances import relative_error

L04 = find("l04")


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("output", "output"),
        ("gradient/w", "gradient"),
        ("trajectory", "trajectory"),
        ("parameter/w", "parameter"),
    ],
)
def test_one_wrong_number_disagrees(name, quantity):
    theirs = golden.read(L04, L04.config(), "float64")
    ours = {key: array.copy() for key, array in theirs.items()}
    assert compare_records(ours, theirs, "float64", 100).agree
    ours[name].reshape(-1)[0] += 1e-8
    found = compare_records(ours, theirs, "float64", 100)
    assert not found.agree
    assert [key for key, error in found.worst.items() if error > 1e-10] == [quantity]


def test_initial_parameters_must_be_equal_to_the_bit():
    theirs = golden.read(L04, L04.config(), "float64")
    ours = theirs | {"init/w": np.nextafter(theirs["init/w"], 2)}
    assert not compare_records(ours, theirs, "float64", 100).init_equal


def test_nan_is_no_agreement():
    assert relative_error([1.0, np.nan], [1.0, 2.0]) == float("inf")
    assert relative_error([1.0, 2.0], [1.0, np.nan]) == float("inf")
    assert relative_error([0.0], [0.0]) == 0.0
    assert relative_error([1.0], [2.0]) == 0.5
    with pytest.raises(ValueError, match="shape"):
        relative_error([1.0], [[1.0]])


def test_no_cast_loses_anything():
    assert relative_error([1 + 5j], [1 + 0j]) == 5.0
    assert relative_error(np.array([1], "c8"), np.array([1j], "c8")) == pytest.approx(2**0.5)
    assert relative_error([2**53 + 1], [2**53]) > 0
    assert relative_error(np.array([2**63], "u8"), [2**63 - 1]) > 0
    assert relative_error([True, False], [True, True]) == 1.0
    assert relative_error(jnp.array([1, 2], "bfloat16"), [1.0, 2.5]) == 0.2


def test_other_batches_or_lengths_cannot_be_compared():
    theirs = golden.read(L04, L04.config(), "float32")
    with pytest.raises(ValueError, match="given different x"):
        compare_records(theirs | {"x": theirs["x"] + 1}, theirs, "float32", 100)
    with pytest.raises(ValueError, match="steps"):
        compare_records(theirs | {"trajectory": np.zeros(3)}, theirs, "float32", 100)


def test_more_steps_than_the_golden_file_holds():
    with pytest.raises(InputError, match="--against torch"):
        compare_lesson(L04, steps=200)


def test_flags_that_the_golden_file_does_not_hold():
    with pytest.raises(InputError, match="--against torch"):
        compare_lesson(L04, L04.config(learning_rate=0.02))


def test_fewer_steps():
    assert compare_lesson(L04, steps=7)["line"].steps == 7


def test_a_damaged_or_missing_golden_file(tmp_path, monkeypatch):
    damaged = tmp_path / "golden.safetensors"
    monkeypatch.setattr(golden, "path", lambda lesson: damaged)
    with pytest.raises(InputError, match="golden generate l04"):
        golden.read(L04, L04.config(), "float32")
    damaged.write_bytes(b"\xff" * 100)
    with pytest.raises(InputError, match="cannot be read"):
        golden.read(L04, L04.config(), "float32")


def test_the_notes_program_to_the_last_digit():
    """COURSE.md's values, from real PyTorch 2.13.0."""
    record = functional_record(L04, L04.config(), "float32", steps=300)
    losses = record["trajectory"].reshape(-1, 3)[:, -1]
    assert record["gradient/w"].tolist() == [-2.0]
    assert losses[:2].tolist() == [7.315943717956543, 3.9987640380859375]
    assert 4 * record["parameter/w"].item() == 7.999998569488525
    _, history = L04.functional.train(L04.config(), L04.functional.examples(L04.config()))
    assert float(history["gradient"][0][1]) == -7.840000152587891
