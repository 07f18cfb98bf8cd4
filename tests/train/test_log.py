"""`Log`: what TensorBoard and a spreadsheet read is the run's history, through crashes too."""

import csv
import re
import resource

import numpy as np
import pytest

from jaxdl.errors import InputError
from jaxdl.train import Log, loop
from tests.train.runs import STEPS, open_checkpoints, train


def table(directory, name):
    with open(directory / f"{name}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(int(row["step"]), int(row["epoch"]), float(row[name])) for row in rows]


def expected(history):
    losses = np.concatenate(history["loss"]).astype(float)
    after = [((e + 1) * STEPS, e, a) for e, a in enumerate(history["test_accuracy"])]
    return [(i, i // STEPS, loss) for i, loss in enumerate(losses)], after


def check(directory, history):
    losses, after = expected(history)
    assert table(directory, "loss") == losses
    assert table(directory, "test_accuracy") == after


@pytest.mark.parametrize(("scan", "call"), [(False, 512), (True, 512), (True, 2)])
def test_the_tables_are_the_history(tmp_path, monkeypatch, scan, call):
    monkeypatch.setattr(loop, "CALL", call)
    monkeypatch.setattr("jaxdl.train.log.EVERY", 0.0)  # within an epoch, too
    with Log(tmp_path / "new" / "log") as log:
        check(tmp_path / "new" / "log", train(scan=scan, report=log)[1])


def test_tensorboard_reads_the_events(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with Log(tmp_path) as log:
        history = train(report=log)[1]
    events = EventAccumulator(str(tmp_path)).Reload()
    losses, after = expected(history)
    for name, rows in (("loss", losses), ("test_accuracy", after)):
        told = [(event.step, np.float32(event.value)) for event in events.Scalars(name)]
        assert told == [(step, np.float32(value)) for step, _, value in rows]


def test_a_resumed_run_goes_on_with_its_log(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    whole = train(epochs=4)[1]
    saved, logged = tmp_path / "saved", tmp_path / "logged"
    with open_checkpoints(saved, epochs=2) as checkpoints, Log(logged) as log:
        train(checkpoints, epochs=2, report=log)
    with open(logged / "loss.csv", "a") as file:
        file.write("10,2,0.5\n11,2,0.4\n12,2")  # of an epoch that was not saved; cut by the crash
    with open_checkpoints(saved, epochs=4) as checkpoints, Log(logged, resume=True) as log:
        train(checkpoints, epochs=4, report=log)
    check(logged, whole)
    events = EventAccumulator(str(logged)).Reload()
    assert [event.step for event in events.Scalars("loss")] == list(range(4 * STEPS))
    told = [event.step for event in events.Scalars("test_accuracy")]
    assert told == [(epoch + 1) * STEPS for epoch in range(4)]


@pytest.mark.parametrize(
    "damage", [b"\xff\xfe\x00,", b"9" * 5000 + b",1,0.5\n", b"3,0,hello\n3,0,"]
)
def test_a_damaged_table_is_gone_on_with(tmp_path, damage):
    with Log(tmp_path) as log:
        log(0, [0.5, 0.25])
    with open(tmp_path / "loss.csv", "ab") as file:
        file.write(damage)
    with Log(tmp_path, resume=True) as log:
        log(1, [0.125, 0.0625])
    values = [0.5, 0.25, 0.125, 0.0625]
    assert table(tmp_path, "loss") == [(i, i // 2, value) for i, value in enumerate(values)]


def test_steps_are_counted_through_epochs_of_other_lengths(tmp_path):
    with Log(tmp_path) as log:
        for epoch, size in enumerate((3, 1, 2)):
            log(epoch, np.zeros(size), **{"val/acc": 0.5})
    assert [row[0] for row in table(tmp_path, "loss")] == list(range(6))
    assert (tmp_path / "val_acc.csv").read_text().splitlines()[1:] == [
        "3,0,0.5",
        "4,1,0.5",
        "6,2,0.5",
    ]


@pytest.mark.parametrize("name", ["../evil", "a,b", "loss", ""])
def test_a_name_that_no_file_can_have(tmp_path, name):
    with Log(tmp_path) as log, pytest.raises(InputError, match="cannot be the name"):
        log(0, [0.5], **{name: 0.5})


def test_a_log_that_was_never_written_to_is_none(tmp_path):
    with Log(tmp_path):
        pass
    with Log(tmp_path) as log:
        log(0, [0.5])


def test_a_full_disk_ends_the_log_and_not_the_run(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Log(tmp_path) as log:
        log(0, [0.5, 0.25])
        try:  # a limit on the size of files stands for it
            resource.setrlimit(resource.RLIMIT_FSIZE, (len("step,epoch,loss\n0,0,0.5\n"), hard))
            log(1, [0.125, 0.0625])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        log(2, [0.0, 0.0])
    assert re.search("the log ends before step 2: File too large", log.failed)
    assert table(tmp_path, "loss")[:2] == [(0, 0, 0.5), (1, 0, 0.25)]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("used", "holds the log of another run; name another folder"),
        ("used/loss.csv", "is not a folder"),
        ("/proc/none", "no log can be written there"),
        ("device", "loss.csv is not a file"),
    ],
)
def test_where_no_log_can_be(tmp_path, place, told):
    with Log(tmp_path / "used") as log:
        log(0, [0.5])
    (tmp_path / "device").mkdir()
    (tmp_path / "device" / "loss.csv").symlink_to("/dev/zero")
    with pytest.raises(InputError, match=told):
        Log(tmp_path / place, resume=place == "device")
