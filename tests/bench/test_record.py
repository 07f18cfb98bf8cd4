"""A result that does not say all that is needed is none."""

import json
import math

import pytest

from jaxdl.bench import record
from jaxdl.bench.clock import spread
from jaxdl.errors import InputError
from tests.bench import made_up


def test_a_complete_record_is_accepted():
    assert record.check(made_up.RECORD, "here") is made_up.RECORD
    whole = made_up.whole("functional", 3.0, 5.0)
    assert record.check(whole, "here") is whole
    again = made_up.whole("functional", 3.0, 5.0, second=2.0)
    assert record.check(again, "here") is again
    del again["second_process_s"]
    with pytest.raises(InputError, match="second_process_s"):
        record.check(again, "here")


@pytest.mark.parametrize("field", list(made_up.RECORD))
def test_a_missing_field_is_refused(field):
    incomplete = {name: value for name, value in made_up.RECORD.items() if name != field}
    with pytest.raises(InputError, match=f"^here: .*{field}"):
        record.check(incomplete, "here")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("compile_s", math.nan),
        ("examples_per_s", math.inf),
        ("loss_error", -1.0),
        ("peak_memory_bytes", 1.5),
        ("threads", True),
        ("commit", ""),
        ("arm", None),
        ("agrees", "yes"),
        ("versions", {}),
        ("machine", {}),
        ("step_s", {"median": 1.0, "q1": 1.0, "q3": 1.0, "n": 14}),
        ("step_s", {"median": 1.0, "q1": 1.0, "q3": 1.0}),
        ("step_s", {"median": 1.0, "q1": 1.0, "n": 15}),
        ("step_s", {"median": math.nan, "q1": 1.0, "q3": 1.0, "n": 15}),
        ("step_s", {"median": 1.0, "q1": 2.0, "q3": 3.0, "n": 15}),
        ("step_s", {"median": 0.0, "q1": 0.0, "q3": 0.0, "n": 15}),
    ],
)
def test_a_wrong_value_is_refused(field, value):
    with pytest.raises(InputError, match=f"^here: .*{field}"):
        record.check(made_up.RECORD | {field: value}, "here")


def test_reading_a_folder(tmp_path):
    with pytest.raises(InputError, match="jaxdl bench all"):
        record.read(tmp_path)
    (tmp_path / "good.json").write_text(json.dumps([made_up.RECORD]))
    assert record.read(tmp_path) == [made_up.RECORD]
    for text, told in (("{", "not JSON"), ("{}", "list"), ("[{}]", "record 0"), ("[1]", "object")):
        (tmp_path / "worse.json").write_text(text)
        with pytest.raises(InputError, match=rf"worse\.json.*{told}"):
            record.read(tmp_path)


def test_quartiles():
    assert spread([3.0, 1.0, 2.0, 5.0, 4.0]) == {"median": 3.0, "q1": 2.0, "q3": 4.0, "n": 5}


def test_agreement_is_of_every_step():
    theirs = [2.0, 1.0, 0.5]
    errors = record.loss_errors([2.0, 1.0, 0.5 + 1e-4], theirs)
    assert errors == pytest.approx([0.0, 0.0, 5e-5])
    assert not record.agrees(errors, "float32", diverges=False)
    assert record.agrees(errors, "float32", diverges=True)  # where rounding makes two runs part
    assert not record.agrees(errors, "float64", diverges=True)
    assert not record.agrees(record.loss_errors([2.1, 1.0, 0.5], theirs), "float32", diverges=True)
    assert not record.agrees(record.loss_errors([2.0, 1.1, 0.5], theirs), "float32", diverges=True)
    assert not record.agrees(
        record.loss_errors([2.0, math.nan, 0.5], theirs), "float32", diverges=True
    )
    with pytest.raises(ValueError, match="2 and 3 steps"):
        record.loss_errors([2.0, 1.0], theirs)
