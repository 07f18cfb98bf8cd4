"""`jaxdl.replay.Generator` against PyTorch's, bit for bit."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxdl.replay import Generator

SEEDS = [0, 1, 2, 3, 42, 1234, 31337, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**40 + 7]
SEEDS += [2**53 + 1, 2**63 - 1, 2**63, 2**63 + 11, 2**64 - 1, -1, -2, -12345, -(2**31), -(2**63)]
SIZES = [0, 1, 2, 3, 15, 16, 17, 24, 31, 32, 33, 100, 1000]
SHAPES = [(), (1,), (3, 5), (4, 4), (2, 3, 7), (0, 4), (5, 1, 20)]
FLOATS = {np.float32: torch.float32, np.float64: torch.float64}

by_seed = pytest.mark.parametrize("seed", SEEDS)
by_dtype = pytest.mark.parametrize("dtype", FLOATS, ids=lambda dtype: dtype.__name__)


def assert_same(actual, tensor):
    expected = tensor.numpy()
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    assert actual.tobytes() == expected.tobytes()


def both(seed):
    return Generator(seed), torch.Generator().manual_seed(seed)


def empty(shape, dtype):
    return torch.empty(shape, dtype=FLOATS[dtype])


def test_the_seeds_are_many():
    assert len(set(SEEDS)) >= 20


@by_seed
def test_seed_is_the_global_seed_too(seed):
    torch.manual_seed(seed)
    assert_same(Generator(seed).rand(5), torch.rand(5))


@by_dtype
@by_seed
def test_rand_and_randn(seed, dtype):
    replay, torch_generator = both(seed)
    options = {"dtype": FLOATS[dtype], "generator": torch_generator}
    for shape in [
        (size,) for size in SIZES
    ] + SHAPES:  # one stream: each starts where the last ended
        assert_same(replay.rand(*shape, dtype=dtype), torch.rand(shape, **options))
        assert_same(replay.randn(*shape, dtype=dtype), torch.randn(shape, **options))


@by_dtype
@by_seed
def test_uniform_and_normal(seed, dtype):
    replay, g = both(seed)
    for size in SIZES:
        for low, high in [(-1, 1), (0, 0.1), (-0.3, 1.7), (-1e-6, 1e6), (1e5, 1e5 + 1), (5, 5)]:
            expected = empty(size, dtype).uniform_(low, high, generator=g)
            assert_same(replay.uniform((size,), low, high, dtype), expected)
        for mean, std in [(0, 1), (0.3, 0.7), (-100, 1e-3), (1e-8, 3e4), (2, 0)]:
            expected = empty(size, dtype).normal_(mean, std, generator=g)
            assert_same(replay.normal((size,), mean, std, dtype), expected)


magnitudes = st.floats(1e-250, 1e6) | st.just(0.0)
numbers = magnitudes | magnitudes.map(lambda x: -x)


@by_dtype
@given(ends=st.tuples(numbers, numbers).map(sorted), seed=st.integers(0, 2**64 - 1))
@settings(max_examples=100, deadline=None)
def test_uniform_between_any_bounds(dtype, ends, seed):
    replay, g = both(seed)
    expected = empty(200, dtype).uniform_(*ends, generator=g)
    assert_same(replay.uniform((200,), *ends, dtype), expected)


@by_dtype
@given(numbers, magnitudes, st.integers(1, 40), st.integers(0, 2**64 - 1))
@settings(max_examples=100, deadline=None)
def test_normal_of_any_mean_and_std(dtype, mean, std, size, seed):
    replay, g = both(seed)
    expected = empty(size, dtype).normal_(mean, std, generator=g)
    assert_same(replay.normal((size,), mean, std, dtype), expected)


@by_dtype
def test_a_uniform_rounded_up_to_high_becomes_low(dtype):
    low, high = 1.0, 1.0 + 4 * float(np.finfo(dtype).eps)
    replay, g = both(0)
    values = replay.uniform((1000,), low, high, dtype)
    assert_same(values, empty(1000, dtype).uniform_(low, high, generator=g))
    assert values.max() < high
    assert np.mean(values == low) > 0.2  # an eighth rounded down to it, an eighth wrapped to it


@by_seed
def test_randint(seed):
    replay, g = both(seed)
    ends = [(0, 1), (0, 10), (-7, 3), (0, 2**28 - 1), (0, 2**28), (5, 2**28 + 5), (-(2**27), 2**27)]
    ends += [(0, 2**31), (0, 2**32), (-(2**40), 3), (-(2**63), 2**63 - 1)]
    for low, high in ends:
        for shape in [(0,), (1,), (17,), (3, 5)]:
            assert_same(
                replay.randint(low, high, shape), torch.randint(low, high, shape, generator=g)
            )


@by_seed
def test_random_words(seed):
    replay, g = both(seed)
    assert_same(replay.random63(9), torch.empty(9, dtype=torch.int64).random_(generator=g))
    words = torch.empty(9, dtype=torch.int64).random_(0, 2**32, generator=g)  # the low halves
    np.testing.assert_array_equal(replay.random64(9) & np.uint64(2**32 - 1), words.numpy())
    words = torch.empty(700, dtype=torch.int64).random_(0, 2**28 - 1, generator=g)
    np.testing.assert_array_equal(replay.random(700) % np.uint32(2**28 - 1), words.numpy())


@by_seed
def test_randperm(seed):
    replay, g = both(seed)
    for n in [*SIZES, 60_000]:
        assert_same(replay.randperm(n), torch.randperm(n, generator=g))


def test_a_million_draws():
    n = 10**6 + 3
    replay, g = both(-9)
    assert_same(replay.randperm(n), torch.randperm(n, generator=g))
    for dtype in FLOATS:
        assert_same(replay.rand(n, dtype=dtype), empty(n, dtype).uniform_(generator=g))
        assert_same(replay.randn(n, dtype=dtype), empty(n, dtype).normal_(generator=g))


def test_a_pending_normal_outlives_blocks_and_dies_with_its_seed():
    replay, g = both(3)
    for size, dtype in [(1, np.float32), (16, np.float32), (1, np.float64), (3, np.float64)]:
        expected = empty(size, dtype).normal_(generator=g)
        assert_same(replay.randn(size, dtype=dtype), expected)
    assert replay.manual_seed(3) is replay
    assert_same(replay.randn(2), torch.randn(2, generator=g.manual_seed(3)))


shapes = st.lists(st.integers(0, 9), max_size=3).map(tuple)
dtypes = st.sampled_from(list(FLOATS))
calls = st.one_of(
    st.tuples(st.sampled_from(["rand", "randn"]), shapes, dtypes),
    st.tuples(st.just("randint"), shapes, st.integers(1, 2**40)),
    st.tuples(st.just("randperm"), st.integers(0, 99)),
    st.tuples(st.just("manual_seed"), st.integers(-(2**63), 2**64 - 1)),
)


@given(seed=st.integers(-(2**63), 2**64 - 1), calls=st.lists(calls, max_size=20))
@settings(max_examples=200, deadline=None)
def test_any_sequence_of_calls(seed, calls):
    replay, g = both(seed)
    for name, *arguments in calls:
        match name, *arguments:
            case "rand" | "randn", shape, dtype:
                expected = getattr(torch, name)(shape, dtype=FLOATS[dtype], generator=g)
                assert_same(getattr(replay, name)(*shape, dtype=dtype), expected)
            case "randint", shape, high:
                expected = torch.randint(-5, high, shape, generator=g)
                assert_same(replay.randint(-5, high, shape), expected)
            case "randperm", n:
                assert_same(replay.randperm(n), torch.randperm(n, generator=g))
            case "manual_seed", new_seed:
                replay.manual_seed(new_seed)
                g.manual_seed(new_seed)


@pytest.mark.parametrize(
    ("refused", "by_torch"),
    [
        (lambda: Generator(2**64), lambda: torch.manual_seed(2**64)),
        (lambda: Generator(-(2**63) - 1), lambda: torch.manual_seed(-(2**63) - 1)),
        (lambda: Generator(0).randint(3, 3, (1,)), lambda: torch.randint(3, 3, (1,))),
        (lambda: Generator(0).randperm(-1), lambda: torch.randperm(-1)),
        (lambda: Generator(0).uniform((1,), 1, 0), lambda: torch.empty(1).uniform_(1, 0)),
        (lambda: Generator(0).normal((1,), 0, -1), lambda: torch.empty(1).normal_(0, -1)),
    ],
)
def test_refuses_what_pytorch_refuses(refused, by_torch):
    with pytest.raises((RuntimeError, ValueError)):
        by_torch()
    with pytest.raises(ValueError, match=r"must|required"):
        refused()
