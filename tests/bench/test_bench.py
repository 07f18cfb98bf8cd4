"""Arms that really run, in processes of their own; what the command line refuses.

No time is judged. The JAX arms alone: tests/torch/test_bench.py has PyTorch's.
"""

import gzip
import json
import os
import signal
from dataclasses import replace

import pytest

from jaxdl.bench import arms, record, runner
from jaxdl.cli import exit_code
from jaxdl.course import bench, find
from jaxdl.course.document import flat_losses
from jaxdl.course.start import Start, begin
from jaxdl.errors import InputError

SHORT = runner.Setting(threads=1, blocks=2, block_seconds=0.001)


@pytest.fixture
def _in_this_process(monkeypatch):
    """Arms are built here; JAX's settings are as before afterwards."""
    import jax

    names = ("enable_x64", "default_matmul_precision")
    before = {f"jax_{name}": jax.config.values[f"jax_{name}"] for name in names}
    yield
    for name, value in before.items():
        jax.config.update(name, value)


def losses(arm, steps):
    return arm.run(-(-steps // arm.steps))[:steps].tolist()


def test_the_arms_agree_in_processes_of_their_own():
    (case,) = bench.cases(find("l03"))
    found = runner.measure(case, ["jax-jit", "jax-scan"], SHORT)
    assert [timed.ready.name for timed in found] == ["jax-jit", "jax-scan"]
    for made in record.records(case, SHORT, found, {}):
        assert made["agrees"]
        assert made["against"] == "jax-jit"
        assert made["step_s"]["n"] == 2
        assert made["peak_memory_bytes"] >= made["memory_before_bytes"] > 0
        with pytest.raises(InputError, match="versions"):  # not to be kept: no origin
            record.check(made, "here")


@pytest.mark.usefixtures("_in_this_process")
@pytest.mark.parametrize(
    ("lesson", "net", "fields", "names"),
    [
        ("l04", "parabola", {}, ("jax-eager", "jax-jit", "jax-scan")),
        ("l09", "default", {}, ("jax-jit", "jax-sharded")),
        ("l12", "rnn", {}, ("jax-jit", "jax-scan", "jax-flax")),
    ],
)
def test_every_way_computes_the_same(lesson, net, fields, names):
    (case,) = bench.cases(find(lesson), net, **fields)
    first, *others = (losses(arms.build(name, case, "float32", 2), 6) for name in names)
    assert len(set(first)) == 6  # it trains
    for other in others:
        assert max(record.loss_errors(other, first)) < 1e-5


@pytest.mark.usefixtures("_in_this_process")
def test_the_steps_are_those_of_the_lesson_s_own_run():
    lesson = find("l08")
    (case,) = bench.cases(lesson, epochs=1)
    program = lesson.program(case.config)
    data, params, more = begin(lesson, case.config, program, Start(like_torch=True))
    _, history = program.train(data, params, **more)
    arm = arms.build("jax-scan", case, "float32", 1)
    steps = arm.steps
    assert steps == len(data[0]) // case.config.batch_size
    assert arm.run(1).tolist() == flat_losses(history)[:steps].tolist()
    arm.restart()
    assert arm.run(1).tolist() == flat_losses(history)[:steps].tolist()


@pytest.mark.usefixtures("_in_this_process")
def test_a_wrong_arm_is_found_out():
    class Sloppy(bench.LessonCase):
        def jax_work(self, precision):  # an update that is 0.1 % too long
            work = super().jax_work(precision)

            def step(w, batch):
                moved, loss = work.step(w, batch)
                return w + 1.001 * (moved - w), loss

            return replace(work, step=step)

    (case,) = bench.cases(find("l03"))
    sloppy = Sloppy(case.lesson, case.net, case.config)
    right, found = (
        losses(arms.build("jax-jit", each, "float32", 1), runner.COMPARED)
        for each in (case, sloppy)
    )
    errors = record.loss_errors(found, right)
    assert errors[0] == 0.0
    assert not record.agrees(errors, "float32", diverges=False)


def test_a_profiled_arm_and_run_leave_traces(capsys, tmp_path):
    (case,) = bench.cases(find("l03"))
    runner.measure(case, ["jax-jit"], SHORT, profile=tmp_path)
    (trace,) = tmp_path.glob("l03-jax-jit/plugins/profile/*/perfetto_trace.json.gz")
    assert json.loads(gzip.decompress(trace.read_bytes()))["traceEvents"]
    place = tmp_path / "run" / "traces"
    assert exit_code(["run", "l03", "--epochs", "2", "--profile", str(place)]) == 0
    (trace,) = place.glob("plugins/profile/*/*.xplane.pb")
    assert f"{trace} ({trace.stat().st_size:,} bytes)" in capsys.readouterr().err


def test_disagreement_is_exit_code_1(capsys, monkeypatch):
    def measured(case, names, setting, tell, profile):
        ready = runner.Ready("jax-jit", "", [1.0, 0.5], 0.1, 0.1, 2, 0.01, 10, 3, "cpu")
        other = runner.Ready("jax-scan", "", [1.0, 0.6], 0.1, 0.1, 2, 0.01, 10, 3, "cpu")
        return [runner.Timed(each, [0.01, 0.01], 1, 2) for each in (ready, other)]

    monkeypatch.setattr(runner, "measure", measured)
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))  # nothing to warn of
    assert exit_code(["bench", "l03", "--arms", "jax-jit,jax-scan"]) == 1
    out, err = capsys.readouterr()
    assert "NO: 1e-01" in out
    assert err == "jaxdl: l03: jax-scan disagrees with jax-jit, by 1.0e-01 of the loss\n"


def _die(connection):
    connection.recv()
    os.kill(os.getpid(), signal.SIGKILL)


def _raise(connection):
    raise ValueError("no\nsuch thing")


def test_a_killed_arm_is_named():
    with (
        runner.Child("jax-scan", _die) as child,
        pytest.raises(runner.ArmFailed, match=r"^jax-scan: its process ended \(killed by signal 9"),
    ):
        child.ask("block")
    with (
        runner.Child("jax-scan", _raise) as child,
        pytest.raises(runner.ArmFailed, match=r"^jax-scan: ValueError: no such thing$"),
    ):
        child.receive()


def _wait(connection):
    connection.send(os.getpid())
    connection.recv()


def test_an_interruption_leaves_no_child():
    def interrupted():
        with runner.Child("jax-jit", _wait) as child:
            pids.append(child.receive())
            raise KeyboardInterrupt

    pids = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["l3"], "did you mean l03"),
        (["l02"], "has no training steps"),
        (["l10:deper"], "it has lecture, deeper"),
        (["l03", "--arms", "jax-scna"], "did you mean jax-scan"),
        (["l03", "--arms", "jax-jit,jax-jit"], "twice"),
        (["l03", "--arms", "jax-flax"], "none of these arms"),
        (["l13", "--sweep", "batchsize=1,2"], "did you mean batch_size"),
        (["l13", "--sweep", "batch_size"], "FIELD=VALUE"),
        (["l13", "--sweep", "batch_size=1,two"], "two is not a whole number"),
        (["l13", "--set", "hidden=0"], "0 is not a whole number from 1 to"),
        (["l09", "--set", "data=mnits"], "one of digits"),
        (["l03", "--set", "epochs=0"], "no step"),
        (["l03", "--threads", "4096"], "may use"),
        (["l03", "--dtype", "bf16"], "bfloat16"),
        (["l03", "--blocks", "3", "--json", "x.json"], "at least 15"),
        (["l03", "--profile", "x", "--whole"], "jaxdl run --profile"),
        (["l03", "--profile", "/dev/null"], "no folder for traces"),
        (["l03", "--arms", "torch-grap"], "did you mean torch-graph"),
        (["l03", "--json", "/no/such/folder/x.json"], "create it first"),
        ([], "LESSON"),
        (["report", "/no/such/folder"], "holds no results"),
    ],
)
def test_unusable_input_is_one_line_and_2(capsys, arguments, told):
    assert exit_code(["bench", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert told in err


@pytest.mark.usefixtures("_in_this_process")
def test_what_a_cpu_cannot_is_refused():
    (case,) = bench.cases(find("l03"))
    with pytest.raises(InputError, match="for a GPU"):
        arms.build("jax-jit", case, "bfloat16", 1)
    (case,) = bench.cases(find("l09"), batch_size=10_000)
    with pytest.raises(InputError, match="are fewer than a batch of 10000"):
        arms.build("jax-jit", case, "float32", 1)


def test_a_sweep_is_a_case_a_value():
    from jaxdl.cli.bench import selected

    found = list(selected(["l11"], ["data=digits"], "batch-size=16,64"))
    assert [case.title for case in found] == [
        "l11 googlenet data=digits batch_size=16",
        "l11 resnet data=digits batch_size=16",
        "l11 googlenet data=digits batch_size=64",
        "l11 resnet data=digits batch_size=64",
    ]
    assert found[3].fields == {"data": "digits", "model": "resnet", "batch_size": 64}


def test_report_of_a_folder(capsys, tmp_path):
    from tests.bench.made_up import record as made_up

    records = [made_up("torch-eager", 0.0028), made_up("jax-scan", 0.0020)]
    (tmp_path / "x.json").write_text(json.dumps(records))
    assert exit_code(["bench", "report", str(tmp_path), "--to", str(tmp_path / "out")]) == 0
    assert "| 1.40 | 1.3 reached |" in capsys.readouterr().out
    assert (tmp_path / "out" / "steps.png").exists()
