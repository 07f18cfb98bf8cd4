"""What holds of `jaxdl.replay` without PyTorch at hand."""

import doctest
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jaxdl.replay
from jaxdl.replay import (
    Generator,
    batches,
    dataloader_epoch,
    init,
    random_sampler,
    random_split,
    weighted_random_sampler,
)
from jaxdl.replay.fma import fma


def test_docstring_example():
    failed, attempted = doctest.testmod(jaxdl.replay)
    assert attempted > 0
    assert failed == 0


def test_imports_neither_framework():
    program = "import sys, jaxdl.replay; sys.exit(bool({'torch', 'jax'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def nearest(exact, dtype):
    """The float of `dtype` nearest to a Fraction, ties to even."""
    guess = dtype(float(exact))
    candidates = [np.nextafter(guess, dtype(-np.inf)), guess, np.nextafter(guess, dtype(np.inf))]
    last_bit = {np.float32: np.int32, np.float64: np.int64}[dtype]
    return min(candidates, key=lambda x: (abs(Fraction(float(x)) - exact), x.view(last_bit) & 1))


def operands(dtype):
    return st.floats(-1e6, 1e6, width=np.finfo(dtype).bits).filter(
        lambda x: x == 0 or abs(x) > 1e-6
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data())
def test_fma_rounds_once(dtype, data):
    a, b, c = (data.draw(operands(dtype)) for _ in range(3))
    # c near -a b too: there rounding the product first would lose most
    for addend in (c, float(-dtype(a) * dtype(b)), float(dtype(a) * dtype(b) * dtype(0.5))):
        exact = Fraction(a) * Fraction(b) + Fraction(addend)
        actual = fma(a, b, addend, dtype)
        assert actual.dtype == dtype
        assert actual == nearest(exact, dtype)


@pytest.mark.parametrize(("dtype", "m", "n"), [(np.float32, 12, 12), (np.float64, 26, 27)])
@pytest.mark.parametrize(("hair", "up"), [(2.0**-120, True), (-(2.0**-120), False)])
def test_fma_sees_a_hair_beside_a_tie(dtype, m, n, hair, up):
    # (1 + 2⁻ᵐ)(1 + 2⁻ⁿ) lies half way between two floats; rounding in float64 first drops the hair
    below = 1 + 2.0**-m + 2.0**-n
    expected = below + np.finfo(dtype).eps if up else below
    assert fma(1 + 2.0**-m, 1 + 2.0**-n, hair, dtype) == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("zeros", [(0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0)])
def test_fma_keeps_the_sign_of_zero(zeros, dtype):
    product, addend = zeros
    assert np.signbit(fma(product, 1.0, addend, dtype)) == np.signbit(product + addend)


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_seed_out_of_range(seed):
    with pytest.raises(ValueError, match=rf"^seed must be in .* got {seed}$"):
        Generator(seed)
    with pytest.raises(ValueError, match="seed"):
        Generator(0).manual_seed(seed)


def test_seeding_again_starts_over():
    generator = Generator(1)
    generator.randn(1)  # leaves its pair waiting
    np.testing.assert_array_equal(generator.manual_seed(1).randn(3), Generator(1).randn(3))


def test_seed_must_be_an_integer():
    with pytest.raises(TypeError):
        Generator(1.5)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: g.rand(-1), "negative"),
        (lambda g: g.rand(2, dtype=np.float16), "dtype must be float32 or float64, got float16"),
        (lambda g: g.normal((2,), dtype=np.int64), "dtype must be float32 or float64, got int64"),
        (lambda g: g.normal((2,), 0.0, -1.0), "std must not be negative, got -1.0"),
        (lambda g: g.normal((2,), 0.0, float("nan")), "std must not be negative, got nan"),
        (lambda g: g.uniform((2,), 1.0, 0.0), "low <= high, both float32, is required: 1.0, 0.0"),
        (lambda g: g.uniform((2,), 0.0, 1e39), "low <= high, both float32"),
        (lambda g: g.uniform((2,), -1e308, 1e308, np.float64), "low <= high, both float64"),
        (lambda g: g.uniform((2,), float("nan"), 1.0), "low <= high"),
        (lambda g: g.randint(3, 3, (2,)), "low < high, both int64, is required: 3, 3"),
        (lambda g: g.randint(0, 2**63, (2,)), "low < high, both int64"),
        (lambda g: g.randperm(-1), "n must not be negative, got -1"),
        (lambda g: g.randperm(214748364), r"n must be in \[0, 214748364\)"),
        (lambda g: dataloader_epoch(g, 0), "an empty data set cannot be shuffled"),
        (lambda g: dataloader_epoch(g, -1), "n must not be negative, got -1"),
        (lambda g: batches(np.arange(3), 0), "batch_size must be positive, got 0"),
        (lambda g: init.linear(g, 0, 3), "in_features must be positive, got 0"),
        (lambda g: init.conv1d(g, 3, 4, 0), "kernel_size must be positive, got 0"),
        (lambda g: init.conv2d(g, 3, 4, 2, groups=2), "2 groups must divide 3 and 4 channels"),
        (lambda g: init.embedding(g, 3, 2, padding_idx=3), "padding_idx 3 is not one of 3 rows"),
        (lambda g: init.lstm(g, 3, 0), "hidden_size must be positive, got 0"),
        (lambda g: init.gru(g, 3, 2, num_layers=0), "num_layers must be positive, got 0"),
        (lambda g: init.conv2d(g, 3, 4, (2,)), "kernel_size must be a number or two"),
        (lambda g: random_split(g, 5, [3, 3]), r"lengths must add up to 5.*got \[3, 3\]"),
        (lambda g: random_split(g, 5, [1.5, -0.5]), r"shares must lie in \[0, 1\]"),
        (lambda g: random_split(g, 5, [6, -1]), "a length must not be negative, got -1"),
        (lambda g: weighted_random_sampler(g, np.zeros(3), 2), "weights must be one row"),
        (lambda g: weighted_random_sampler(g, np.array([1, -1]), 2), "weights must be one row"),
        (lambda g: weighted_random_sampler(g, np.array([1, np.nan]), 2), "weights must be one"),
        (lambda g: weighted_random_sampler(g, np.ones((2, 2)), 2), "weights must be one row"),
        (lambda g: weighted_random_sampler(g, np.ones(2), 1), "num_samples must be at least 2"),
    ],
)
def test_unusable_arguments_are_told_in_one_line(call, message):
    with pytest.raises(ValueError, match=f"^[^\n]*{message}[^\n]*$"):
        call(Generator(0))


SIZED = {
    "random": lambda g, n: g.random(n),
    "random64": lambda g, n: g.random64(n),
    "random63": lambda g, n: g.random63(n),
    "rand": lambda g, n: g.rand(n, n),
    "randn": lambda g, n: g.randn(n, n),
    "uniform": lambda g, n: g.uniform((n, n), 0, 1),
    "normal": lambda g, n: g.normal((n, n)),
    "randint": lambda g, n: g.randint(0, 3, (n, n)),
    "randperm": lambda g, n: g.randperm(n),
    "dataloader_epoch": lambda g, n: dataloader_epoch(g, n),
    "unshuffled": lambda g, n: dataloader_epoch(g, n, shuffle=False),
    "batches": lambda g, n: batches(np.arange(3), n),
    "random_sampler": lambda g, n: random_sampler(g, n),
    "weighted": lambda g, n: weighted_random_sampler(g, np.ones(3), n),
    "random_split": lambda g, n: random_split(g, n, [1, 1]),
    "linear": lambda g, n: init.linear(g, n, 3),
    "conv1d": lambda g, n: init.conv1d(g, 2, 2, n),
    "conv2d": lambda g, n: init.conv2d(g, 2, 2, (2, n)),
    "groups": lambda g, n: init.conv2d(g, 2, 2, 2, groups=n),
    "embedding": lambda g, n: init.embedding(g, n, 2),
    "rnn": lambda g, n: init.rnn(g, 2, n),
    "layers": lambda g, n: init.lstm(g, 2, 2, num_layers=n),
    "gru_cell": lambda g, n: init.gru_cell(g, n, 2),
}


@pytest.mark.parametrize("call", SIZED.values(), ids=SIZED)
def test_sizes_are_integers_and_not_negative(call):
    generator = Generator(0)
    with pytest.raises(ValueError, match=r"must (not be negative|be positive), got -2$"):
        call(generator, -2)  # two of them multiply to a number that is not negative
    for size in (2.0, 2.5, "2", None):
        with pytest.raises(TypeError, match=f"must be an integer, got {size!r}"):
            call(generator, size)
    np.testing.assert_array_equal(generator.random(3), Generator(0).random(3))
    call(generator, np.int64(2))


def test_a_refused_call_draws_nothing():
    generator = Generator(0)
    for refused in (
        lambda: generator.uniform((2,), 1.0, 0.0),
        lambda: generator.rand(2, dtype=np.float16),
        lambda: init.embedding(generator, 3, 2, padding_idx=3),
        lambda: dataloader_epoch(generator, -1),
    ):
        with pytest.raises(ValueError, match=r"low|dtype|padding_idx|n must"):
            refused()
    np.testing.assert_array_equal(generator.rand(3), Generator(0).rand(3))


@given(n=st.integers(1, 50), batch_size=st.integers(1, 60), seed=st.integers(-(2**63), 2**64 - 1))
def test_batches_partition_a_permutation(n, batch_size, seed):
    order = dataloader_epoch(Generator(seed), n)
    assert sorted(order.tolist()) == list(range(n))
    every, full = batches(order, batch_size), batches(order, batch_size, drop_last=True)
    np.testing.assert_array_equal(np.concatenate(every), order)
    assert [len(batch) for batch in full] == [batch_size] * (n // batch_size)
    assert all(np.array_equal(a, b) for a, b in zip(full, every, strict=False))


@given(n=st.integers(1, 40), seed=st.integers(0, 2**64 - 1))
def test_samplers_give_what_there_is(n, seed):
    default, own = Generator(seed), Generator(seed)
    assert sorted(dataloader_epoch(own, n, own=True).tolist()) == list(range(n))
    for replacement in (True, False):
        found = random_sampler(default, n, 3 * n, replacement)
        assert len(found) == 3 * n
        assert replacement or np.bincount(found, minlength=n).tolist() == [3] * n
    parts = random_split(own, n, [0.5, 0.5])
    assert sorted(np.concatenate(parts).tolist()) == list(range(n))
    assert [len(part) for part in parts] == [n - n // 2, n // 2]
    weights = np.arange(n + 1)
    assert 0 not in weighted_random_sampler(own, weights, 50)  # whose weight is 0
