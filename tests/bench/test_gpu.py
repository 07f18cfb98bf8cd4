"""All lessons within a time: what is planned, what is refused, what becomes of an arm that fails.

Arms run on the CPU here; no time is judged.
"""

import json
import time
from concurrent.futures import Future

import pytest

from benchmarks import gpu
from jaxdl._environment import usable_cores
from jaxdl.bench import runner
from jaxdl.cli import exit_code
from jaxdl.course import bench, find
from jaxdl.errors import InputError
from tests.bench import made_up

ALL = ("torch-eager", "torch-compile", "jax-jit", "jax-scan", "jax-flax")


def cases(*names):
    return [case for name in names for case in bench.cases(find(name))]


def found(tmp_path, seconds=1e6):
    made = {name: made_up.RECORD[name] for name in ("versions", "machine", "commit", "command")}
    made["date"] = made_up.RECORD["date"]
    document = {"records": [], "left_out": [], "failed": []}
    return gpu.Found(document, made, tmp_path / "found.json", time.monotonic() + seconds)


def test_every_lesson_has_a_pair_before_a_net_has_more():
    jobs = gpu.plan(cases("l03", "l10", "l11"), ALL, ("float32", "tf32"))
    told = [(job.title, job.arms) for job in jobs]
    firsts = ["l03", "l10 lecture", "l11 googlenet", "l10 deeper", "l11 resnet"]
    pairs = [(f"{net}, {dtype}", gpu.PAIR) for dtype in ("float32", "tf32") for net in firsts]
    assert told[:10] == pairs
    assert told[10] == ("l03, float32", ALL[:-1])  # without layers of Flax
    assert told[11] == ("l10 lecture, float32", ALL)
    assert len(told) == 20


def test_a_pair_that_is_all_there_is_is_measured_once():
    jobs = gpu.plan(cases("l03", "l05"), ("jax-jit", "jax-scan"), ("float32",))
    assert [job.arms for job in jobs] == [("jax-jit", "jax-scan")] * 2


def test_what_does_not_fit_is_left_out_and_named(tmp_path):
    left = found(tmp_path, seconds=60.0)
    waiting = gpu.plan(cases("l03", "l05", "l06", "l08"), ALL, ("float32", "tf32"))
    assert len(gpu.next_group(waiting, left, 4)) == 2  # four arms get ready at the same time
    left.per_arm_s.append(20.0)
    assert [job.title for job in gpu.next_group(waiting, left, 8)] == ["l06, float32"]
    left.per_arm_s.append(50.0)
    assert gpu.next_group(waiting, left, 8) == []
    gpu.measure(waiting, left, runner.Setting(), 1)
    written = json.loads(left.path.read_text("utf-8"))
    first = {"net": "l08", "dtype": "float32", "arms": list(gpu.PAIR), "why": gpu.NO_TIME}
    assert written["left_out"][0] == first
    assert len(written["left_out"]) == len(waiting) == 1 + 4 + 8
    assert f"{gpu.NO_TIME}, float32: l08 (2), l03 (4)" in left.summary()


def test_a_group_is_of_one_precision(tmp_path):
    waiting = gpu.plan(cases("l03"), ALL, ("float32", "tf32"))
    assert [job.title for job in gpu.next_group(waiting, found(tmp_path), 100)] == ["l03, float32"]


@pytest.mark.parametrize(
    ("devices", "asked", "told"),
    [
        ({"platform": "cpu", "torch": "cpu"}, None, "no GPU or TPU here; --device cpu"),
        ({"platform": "cpu", "torch": "A100"}, None, r"PyTorch finds A100: pip install 'jax\[cuda"),
        ({"platform": "gpu", "torch": "cpu"}, None, "install PyTorch for CUDA"),
    ],
)
def test_where_a_framework_has_no_accelerator_it_is_refused(devices, asked, told):
    with pytest.raises(InputError, match=told):
        gpu.usable(devices, asked)


def test_a_tpu_gets_jax_s_arms_and_a_gpu_all():
    assert gpu.usable({"platform": "gpu", "torch": "A100"}, None) == ("gpu", gpu.ARMS)
    assert gpu.usable({"platform": "tpu", "torch": "cpu"}, None)[1] == ("jax-jit", "jax-scan")
    assert gpu.usable({"platform": "cpu"}, "cpu")[1] == ("jax-jit", "jax-scan")


def test_below_float32_an_arm_may_be_as_wrong_as_pytorch_s_own_step():
    wrong = [0.0, 0.05]  # bfloat16 is allowed 0.02
    assert gpu.agree([0.0, 1e-4], "float32", None)
    assert not gpu.agree([1e-4, 0.0], "float32", wrong)
    assert not gpu.agree(wrong, "bfloat16", None)
    assert gpu.agree([0.0, 0.09], "bfloat16", wrong)
    assert not gpu.agree([0.0, 0.11], "bfloat16", wrong)
    assert not gpu.agree([0.0, float("inf")], "bfloat16", [float("inf")])


def ready(error):
    """An arm whose second loss is off by so much of the first, 1."""
    losses = [1.0, 0.5 + error]
    future = Future()
    arm = runner.Ready("jax-jit", "", losses, 0.1, 0.1, 2, 0.01, 10, 3, "cpu")
    future.set_result((None, None, arm))
    return future


def test_an_arm_whose_losses_are_not_float64_s_is_not_timed(tmp_path, capsys):
    (job,) = gpu.plan(cases("l03"), ("jax-jit", "jax-scan"), ("float32",))
    left = found(tmp_path)
    left.truth["l03"] = Future()
    left.truth["l03"].set_result([1.0, 0.5])
    right = gpu.right(job, {"jax-jit": ready(1e-4), "jax-scan": ready(0.01)}, left)
    assert [each.error for each in right] == [pytest.approx(1e-4)]
    (failed,) = left.document["failed"]
    assert failed["arms"] == ["jax-scan"]
    assert "off by 1.0e-02 of those in float64 on the CPU; it is not timed" in failed["why"]
    assert left.wrong == {("l03", "jax-scan")}  # nor in another precision
    assert "jax-scan: failed" in capsys.readouterr().out


class Broken(bench.LessonCase):
    """Its float32 raises."""

    def jax_work(self, precision):
        if precision == "float32":
            raise RuntimeError("out of order")
        return super().jax_work(precision)


def test_an_arm_that_breaks_off_is_told_and_the_others_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(gpu, "PATIENCE", float("inf"))  # however slow the machine is
    (whole,) = cases("l03")
    broken = Broken(whole.lesson, whole.net, whole.config, {"epochs": 50})
    left = found(tmp_path)
    jobs = gpu.plan([broken, whole], ("jax-jit",), ("float32",))
    setting = runner.Setting(threads=len(usable_cores()), blocks=15, block_seconds=0.001)
    gpu.measure(jobs, left, setting, 2)
    written = json.loads(left.path.read_text("utf-8"))
    (failed,) = written["failed"]
    assert (failed["net"], failed["arms"]) == ("l03 epochs=50", ["jax-jit"])
    assert failed["why"].endswith("jax-jit: RuntimeError: out of order")
    (kept,) = written["records"]
    assert (kept["arm"], kept["against"]) == ("jax-jit", gpu.TRUTH)
    assert 0 < kept["loss_error"] < 1e-5


def test_what_was_measured_becomes_a_table_a_row_a_precision(tmp_path, capsys):
    records = [
        made_up.record(arm, median, dtype=dtype, device="A100")
        for dtype, ours in (("float32", 0.001), ("tf32", 0.0005))
        for arm, median in (("torch-eager", 0.002), ("jax-scan", ours))
    ]
    document = {"records": records, "left_out": [], "failed": []}
    (tmp_path / "lessons.json").write_text(json.dumps(document), "utf-8")
    assert exit_code(["bench", "report", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "| l09, float32 | torch-eager |" in out
    assert "| 4.00 |  |" in out  # no bar: those are a CPU's
    assert (tmp_path / "steps.png").exists()


def test_unusable_words_are_one_line_and_2(capsys):
    assert gpu.main(["--blocks", "3"]) == 2
    assert capsys.readouterr().err.startswith("benchmarks.gpu: numbers that can be used are")
    with pytest.raises(InputError, match="jax-jti: each once, of jax-jit, jax-scan"):
        gpu.chosen("--arms", "jax-jti", ("jax-jit", "jax-scan"))


def test_an_interruption_names_what_was_going_on(tmp_path, monkeypatch):
    def interrupted(pool, group, found, setting):
        group.pop(0)  # is done
        raise KeyboardInterrupt

    monkeypatch.setattr(gpu, "together", interrupted)
    left, jobs = found(tmp_path), gpu.plan(cases("l03", "l05", "l06"), gpu.PAIR, ("float32",))
    with pytest.raises(KeyboardInterrupt):
        gpu.measure(jobs, left, runner.Setting(), 4)
    written = json.loads(left.path.read_text("utf-8"))["left_out"]
    assert [(each["net"], each["why"]) for each in written] == [
        ("l05", gpu.INTERRUPTED),
        ("l06", gpu.INTERRUPTED),
    ]
