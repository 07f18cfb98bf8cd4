"""Functions that nobody here wrote: held to give the same, refused where they do not, then timed.

No time is judged. JAX's functions alone: tests/torch/test_functions.py has PyTorch's.
"""

import json
import re
import subprocess
import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl.bench import Different, agreement, arms, compare, functions, runner
from jaxdl.bench.result import Result
from jaxdl.cli import exit_code
from jaxdl.errors import InputError

SHORT = {"blocks": 2, "block_seconds": 0.001}


def tied(params, tokens):
    """Logits of an embedding used twice, (n, words), and what came in."""
    hidden = jnp.tanh(params["table"][tokens])
    return {"logits": hidden @ params["table"].T, "tokens": tokens}


def tied_otherwise(params, tokens):
    hot = jax.nn.one_hot(tokens, len(params["table"]))
    hidden = jnp.tanh(hot @ params["table"])
    return {"logits": jnp.einsum("nd,wd->nw", hidden, params["table"]), "tokens": tokens}


def wrong(params, tokens):
    found = tied(params, tokens)
    return found | {"logits": found["logits"] * 1.001}


def inputs(seed):
    random = np.random.default_rng(seed)
    table = random.normal(size=(7, 3))
    return {"params": {"table": table}, "tokens": random.integers(0, 7, 5)}


@pytest.fixture
def _in_this_process():
    """Arms are built here; JAX's settings are as before afterwards."""
    names = ("jax_enable_x64", "jax_default_matmul_precision")
    before = {name: jax.config.values[name] for name in names}
    yield
    for name, value in before.items():
        jax.config.update(name, value)


def given(function, arm, dtype="float64", gradients=("params",)):
    """What a function's arm gives, of each draw."""
    question = functions.asked(inputs, gradients, dtype)
    called = arms.build_function(arm, lambda: function, question, dtype, 1)
    return [called.arrays(called.run(call)) for call in range(2)]


@pytest.mark.usefixtures("_in_this_process")
def test_the_arms_and_the_ways_to_write_it_agree():
    first = given(tied, "jax-jit")
    assert set(first[0]) == {"output.logits", "output.tokens", "gradient of params.table"}
    assert first[0]["output.tokens"].dtype == np.int64  # of float64
    assert not np.array_equal(first[0]["output.logits"], first[1]["output.logits"])
    for other in (given(tied, "jax-eager"), given(tied_otherwise, "jax-jit")):
        for a, b in zip(other, first, strict=True):
            assert list(agreement.differences(a, b, 1e-10)) == []
            assert agreement.error(a, b) <= 1e-10
    narrow = given(tied, "jax-jit", "float32")[0]
    assert {narrow[name].dtype.name for name in narrow} == {"float32", "int32"}


@pytest.mark.usefixtures("_in_this_process")
def test_gradients_are_those_of_the_weighted_output():
    def square(params, tokens):
        return params["table"] ** 2, jnp.sum(params["table"])

    found = given(square, "jax-jit")[0]
    table = inputs(0)["params"]["table"]
    weights = np.random.default_rng(list(b"output.0")).normal(size=table.shape)
    other = np.random.default_rng(list(b"output.1")).uniform(0.5, 1.5)
    np.testing.assert_allclose(
        found["gradient of params.table"], 2 * table * weights + other, rtol=1e-12
    )


@pytest.mark.usefixtures("_in_this_process")
def test_two_losses_do_not_cancel():
    """A generator that gets no gradient, beside one whose two losses cancel each other."""

    def losses(params, tokens):
        value = jnp.sum(jnp.tanh(params["table"]))
        return {"critic": value, "generator": -value}

    def stopped(params, tokens):
        return losses(jax.lax.stop_gradient(params), tokens)

    a, b = given(losses, "jax-jit")[0], given(stopped, "jax-jit")[0]
    assert list(agreement.differences(b, a, 1e-5))


@pytest.mark.usefixtures("_in_this_process")
def test_complex_outputs_are_not_left_out_in_silence():
    with pytest.raises(InputError, match=r"its output\.1 is complex"):
        given(lambda params, tokens: (params["table"], jnp.fft.fft(params["table"])), "jax-jit")


def test_functions_in_processes_of_their_own(tmp_path):
    scale = 1.0  # a closure: there is no file to import it from
    ours = {"jax": tied, "jax other": lambda params, tokens: tied_otherwise(
        {"table": scale * params["table"]}, tokens)}  # fmt: skip
    found = compare(ours, inputs, gradients=["params"], threads=1, **SHORT)
    assert [(row["function"], row["arm"]) for row in found.rows] == [
        ("jax", "jax-jit"), ("jax other", "jax-jit"),
    ]  # fmt: skip
    for row in found.rows:
        assert row["call_s"]["n"] == 2
        assert row["error"] <= 1e-5
        assert row["peak_memory_bytes"] >= row["memory_before_bytes"] > 0
    found.to_json(tmp_path / "found.json")
    assert json.loads((tmp_path / "found.json").read_text())["inputs"] == {
        "params.table": "float32[7, 3]", "tokens": "int64[5]",
    }  # fmt: skip


def test_a_wrong_pair_is_refused_and_named_and_nothing_is_timed(monkeypatch):
    monkeypatch.setattr(runner, "in_turns", lambda *_: pytest.fail("it was timed"))
    with pytest.raises(
        Different,
        match=r"^jax wrong jit differs from jax jit: output\.logits is off by 1\.0e-03 .* most at "
        r"\[\d, \d\]: \S+ instead of \S+ \(1e-05 is allowed\)$",
    ):
        compare({"jax": tied, "jax wrong": wrong}, inputs, **SHORT)


def test_a_script_needs_no_guard_and_is_told_where_a_function_raises(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import numpy as np\nfrom jaxdl.bench import compare\n"
        "def f(x):\n    raise ValueError('no')\n"
        "compare({'jax': f}, (np.zeros(2),), arms=['jax-eager'])\n"
    )
    path = {"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"}
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, env=path)
    last = run.stderr.splitlines()[-1]
    # From 3.1.3 on cloudpickle does not say of which file a function is.
    assert re.search(r"InputError: jax eager: raises ValueError at (script.py:|line )4: no$", last)


ONE = np.array([1.0, 2.0, 4.0])
WHOLE = np.array([1, 2, 2**62])
RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        (ONE, ONE + 1e-12, None),
        (ONE, ONE + np.array([0, 0, 0.04]), "output is off by 9.9e-03 of its largest number, most "
         "at [2]: 4 instead of 4.04 (1e-05 is allowed)"),
        (ONE, ONE + np.array([0, 1e-4, 0]), "output is off by 2.5e-05 of its largest number, most "
         "at [1]: 2 instead of 2.0001 (1e-05 is allowed); if rounding is the reason, they agree in "
         "float64"),
        (ONE, ONE[None], "output has shape (3,), not (1, 3)"),
        (ONE, ONE.astype("float32"), "output is float64, not float32"),
        (ONE, WHOLE, "output is float64, not int64"),
        (WHOLE, WHOLE.astype("uint64"), None),
        (WHOLE, WHOLE + np.array([0, 0, 1]), "output differs in 1 of 3 numbers, first at [2]: "
         "4611686018427387904 instead of 4611686018427387905"),
        (np.array([np.inf, 1]), np.array([np.inf, 1 + 1e-9]), None),
        (np.array([np.inf, 1]), np.array([-np.inf, 1]), "output is off by inf of its largest "
         "number, most at [0]: inf instead of -inf"),
        (np.zeros((0, 3)), np.zeros((0, 3)), None),
    ],
)  # fmt: skip
def test_differences_are_said(ours, theirs, told):
    found = list(agreement.differences({"output": ours}, {"output": theirs}, 1e-5))
    assert found == ([told] if told else [])


def test_what_is_missing_and_what_is_nan_is_named():
    a, b = {"output.x": ONE, "output.y": ONE}, {"output.y": ONE, "output.z": ONE}
    lines = list(agreement.differences(a, b, 1e-5))
    assert lines == ["lacks output.z", "has besides output.x"]
    nan = [{"output": np.array([np.nan, 1.0])}]
    pairs = [("torch", "torch-eager"), ("jax", "jax-jit")]
    sound = [{"output": np.ones(2)}]
    with pytest.raises(Different, match=r"^jax jit: output is NaN in 1 of 2 numbers$"):
        functions.check(dict(zip(pairs, (sound, nan), strict=True)), pairs, 1e-5)
    with pytest.raises(Different, match=r"^torch eager: .*\njax jit: .*NaN"):
        functions.check(dict(zip(pairs, (nan, nan), strict=True)), pairs, 1e-5)


def test_a_gradient_that_is_rounding_alone_is_no_difference():
    theirs = {"gradient of w": np.array([1.0]), "gradient of b": np.array([1e-9])}
    ours = {"gradient of w": np.array([1.0]), "gradient of b": np.array([-1e-9])}
    assert list(agreement.differences(ours, theirs, 1e-5)) == []
    ours["gradient of w"] = np.array([1.1])
    assert len(list(agreement.differences(ours, theirs, 1e-5))) == 1


@pytest.mark.parametrize(
    ("given", "gradients", "told"),
    [
        (ONE, (), "inputs are a tuple, or a dictionary"),
        ((ONE, 3), (), "input 1 is of type int"),
        ({"x": np.array(["a"])}, (), "input x is <U1"),
        ((np.array([2**40]),), (), "JAX would cut to 32 bits"),
        ({"x": ONE}, ("y",), "gradients by 'y': the inputs are x"),
        ({"n": WHOLE % 5}, ("n",), "no floating-point numbers"),
        (lambda seed: (np.full(2 + seed, 1.0),), (), "differ in shapes"),
        (lambda seed: (RANDOM.normal(size=2),), (), "called again"),
    ],
)
def test_inputs_that_cannot_be_used(given, gradients, told):
    with pytest.raises(InputError, match=told):
        functions.asked(given, gradients, "float32")


@pytest.mark.parametrize(
    ("names", "chosen", "told"),
    [
        (["numpy"], ["jax-jit"], "says no framework"),
        (["jax"], ["jax-jti"], "did you mean jax-jit"),
        (["jax"], ["torch-eager"], "none of torch-eager is an arm of jax"),
        ([], ["jax-jit"], "there is no function to measure"),
    ],
)
def test_arms_that_there_are_not(names, chosen, told):
    with pytest.raises(InputError, match=told):
        functions.ways(names, chosen)


def row(function, arm, median, compile_s=0.0, **more):
    spread = {"median": median, "q1": 0.9 * median, "q3": 1.1 * median, "n": 15}
    return {
        "function": function, "arm": arm, "mode": "", "device": "cpu", "compile_s": compile_s,
        "call_s": spread, "memory_before_bytes": 0, "peak_memory_bytes": 4_000_000, "error": 1e-7,
    } | more  # fmt: skip


def made_up():
    rows = [
        row("torch", "torch-eager", 0.004, 0.25),
        row("torch", "torch-compile", 0.0035, 30.0, mode="default", peak_memory_bytes=10**8),
        row("jax", "jax-jit", 0.002, 2.25),
        row("jax einsum", "jax-jit", 0.008, 2.0),
    ]
    return Result(
        {
            "title": "yours.py", "dtype": "float32", "threads": 2, "gradients": ["x"],
            "tolerance": 1e-5, "machine": {"load": 0.1, "cores": 2}, "records": rows,
        }
    )  # fmt: skip


def test_the_table_fits_a_terminal():
    assert max(map(len, str(made_up()).splitlines())) <= 80
    assert str(made_up()).splitlines() == [
        "yours.py: float32, cpu, 2 threads, with gradients by x",
        "",
        "                compile              a call  faster  paid after  +MB",
        "torch eager      250 ms      4 [3.6–4.4] ms    1.00              4.0",
        "torch compile      30 s  3.5 [3.15–3.85] ms   ~1.14     ~59,500  100",
        "jax jit          2.25 s      2 [1.8–2.2] ms    2.00       1,000  4.0",
        "jax einsum jit      2 s      8 [7.2–8.8] ms    0.50       never  4.0",
        "",
        "outputs and gradients agree to 1e-07 (1e-05 is allowed)",
        "a call: median and quartiles; faster: than the first row, ~: quartiles overlap",
        "+MB: the peak of memory, compilation included, above that before the first call",
        "paid after: calls until compilation has paid against torch eager",
        "torch compile: mode default",
    ]


def test_what_makes_a_table_unsound_is_said():
    found = made_up()
    found.rows[2]["device"] = "a GPU"
    found.document["machine"]["load"] = 1.5
    assert str(found).splitlines()[-3:-1] == [
        "they did not run on one device: the times are not of the frameworks",
        "the machine was busy (load 1.5): measure again",
    ]


def test_the_figure_has_every_row():
    left, right = made_up().figure().axes
    names = ["torch eager", "torch compile", "jax jit", "jax einsum jit"]
    assert [label.get_text() for label in left.get_yticklabels()] == names
    assert [line.get_label() for line in right.get_lines()] == names
    assert len({(line.get_color(), line.get_linestyle()) for line in right.get_lines()}) == 4


FILE = """
import jax.numpy as jnp
import numpy as np

def inputs(seed):
    return {"x": np.random.default_rng(seed).normal(size=3)}

functions = {"jax": jnp.tanh}
"""


@pytest.mark.parametrize(
    ("more", "arguments", "told"),
    [
        ("del functions", [], "defines no functions"),
        ("inputs = 3", [], "inputs is of type int"),
        ("functions['jax two'] = 3", [], "'jax two' is of type int"),
        ("gradients = 'x'", [], "gradients is a tuple"),
        ("def inputs(seed): return 1 / 0", [], "yours.py:9: ZeroDivisionError"),
        ("", ["--arms", "jax-scan"], "no arm of a function is called 'jax-scan'"),
        ("", ["--threads", "4096"], "may use"),
        ("", ["--tolerance", "0"], "tolerance"),
        ("", ["l03"], "l03"),
        ("1 / 0", [], "yours.py:9: ZeroDivisionError"),
    ],
)
def test_a_file_that_cannot_be_used(capsys, monkeypatch, tmp_path, more, arguments, told):
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "yours.py").write_text(FILE + more + "\n")
    assert exit_code(["bench", *arguments, "yours.py"]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert told in err


def test_loads_are_called_in_the_arm_s_process():
    setting = runner.Setting("float32", 1, **SHORT)
    load = partial(functions.measure, "t", {"jax": partial(int, "no")}, (ONE,), (), ["jax-jit"])
    with pytest.raises(InputError, match=r"^jax jit: raises ValueError: invalid literal"):
        load(setting)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"tolerance": 0}, "a tolerance is a number above 0"),
        ({"tolerance": float("nan")}, "a tolerance is a number above 0"),
        ({"blocks": 1}, "blocks are at least 2"),
        ({"threads": -3}, "this process may use"),
        ({"gradients": "xy"}, "gradients are a tuple or a list"),
        ({"arms": "jax-jit"}, "arms are a tuple or a list"),
    ],
)
def test_options_that_are_none(options, told):
    with pytest.raises(InputError, match=told):
        compare({"jax": tied}, inputs, **SHORT | options)


def test_inputs_that_are_not_drawn_or_are_no_numbers():
    with pytest.raises(InputError, match="draw them from the seed"):
        functions.asked(lambda seed: (np.ones(3),), (), "float32")
    with pytest.raises(InputError, match="which NumPy does not have"):
        functions.asked((jax.random.key(0),), (), "float32")
    with pytest.raises(InputError, match=r"p\.c is complex"):
        functions.asked({"p": {"a": np.ones(2), "c": np.ones(2) + 1j}}, ("p",), "float32")


def test_what_draws_numbers_of_its_own_is_named():
    calls = []

    def restless(x):
        calls.append(x)
        return x * len(calls)

    with pytest.raises(InputError, match="jax eager: it gives other numbers when it is called"):
        compare({"jax": restless}, (np.ones(3),), arms=("jax-eager",), **SHORT)
