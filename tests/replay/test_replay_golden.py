"""`jaxdl.replay` against what PyTorch drew when the golden file was written; no PyTorch here."""

import json
from inspect import isfunction
from pathlib import Path

import numpy as np
import pytest
from beartype import BeartypeConf, beartype
from jaxtyping import jaxtyped
from safetensors import safe_open

from jaxdl.replay import Generator, dataloader_epoch, init

with safe_open(Path(__file__).parent / "golden.safetensors", "numpy") as file:
    SEEDS = json.loads(file.metadata()["provenance"])["seeds"]
    GOLDEN = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)


def state(parameters):
    return np.concatenate([value.ravel() for value in parameters.values()])


def mixed_normals(g):
    parts = [g.randn(3), g.rand(2), g.randn(2, dtype=np.float64), g.randn(17)]
    parts += [g.randn(1), g.randint(0, 9, (1,)), g.normal((2,), 3.0, 0.5)]
    return np.concatenate(parts).astype(np.float64)


def loader_epochs(g):
    return np.concatenate([dataloader_epoch(g, 13, shuffle) for shuffle in (True, False) * 3])


def by_dtype(dtype):
    return {
        "rand": lambda g: g.rand(17, dtype=dtype),
        "uniform": lambda g: g.uniform((9,), -0.3, 1.7, dtype),
        "uniform_narrow": lambda g: g.uniform((9,), 1, 1 + 4 * float(np.finfo(dtype).eps), dtype),
        "randn_pairs": lambda g: g.randn(5, dtype=dtype),
        "randn_blocks": lambda g: g.randn(3, 11, dtype=dtype),
        "normal": lambda g: g.normal((18,), -1.5, 0.1, dtype),
        "linear": lambda g: state(init.linear(g, 7, 3, dtype=dtype)),
        "conv1d": lambda g: state(init.conv1d(g, 2, 3, 3, dtype=dtype)),
        "conv2d": lambda g: state(init.conv2d(g, 4, 2, (3, 2), groups=2, dtype=dtype)),
        "embedding": lambda g: state(init.embedding(g, 5, 4, padding_idx=1, dtype=dtype)),
        "rnn": lambda g: state(init.rnn(g, 3, 2, bias=False, dtype=dtype)),
        "lstm": lambda g: state(init.lstm(g, 2, 1, bidirectional=True, dtype=dtype)),
        "gru": lambda g: state(init.gru(g, 2, 1, num_layers=2, dtype=dtype)),
        "lstm_cell": lambda g: state(init.lstm_cell(g, 2, 1, dtype=dtype)),
    }


CALLS = {f"{name}_float32": call for name, call in by_dtype(np.float32).items()}
CALLS |= {f"{name}_float64": call for name, call in by_dtype(np.float64).items()}
CALLS |= {
    "random": lambda g: g.random63(3),
    "randint_narrow": lambda g: g.randint(-3, 10, (8,)),
    "randint_wide": lambda g: g.randint(-5, 2**30, (8,)),
    "randperm_small": lambda g: g.randperm(12),
    "randperm_large": lambda g: g.randperm(60_000)[::6_000],
    "mixed_normals": mixed_normals,
    "loader_epochs": loader_epochs,
}

# Normals from the C library's log, sin and cos: this machine's library may not be the writer's.
FROM_LIBM = {"randn_pairs_float32", "randn_pairs_float64", "randn_blocks_float64", "mixed_normals"}
FROM_LIBM |= {"normal_float64", "embedding_float64"}


def test_golden_file_holds_every_call_and_enough_seeds():
    assert set(GOLDEN) == set(CALLS)
    assert len(set(SEEDS)) >= 20
    assert 0 in SEEDS
    assert min(SEEDS) < 0
    assert max(SEEDS) > 2**32


@pytest.mark.parametrize("name", CALLS)
def test_equals_golden(name):
    for seed, expected in zip(SEEDS, GOLDEN[name], strict=True):
        actual = CALLS[name](Generator(seed)).ravel()
        assert actual.dtype == expected.dtype
        if name in FROM_LIBM:
            np.testing.assert_array_max_ulp(actual, expected, maxulp=2)
        else:
            np.testing.assert_array_equal(actual, expected, f"{seed=}")


def test_annotations_hold_in_every_call(monkeypatch):
    typechecker = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a float
    for owner in (Generator, init):
        for name, function in vars(owner).items():
            if isfunction(function) and not name.startswith("__"):
                checked = jaxtyped(function, typechecker=typechecker)
                monkeypatch.setattr(owner, name, checked)
    for call in CALLS.values():
        call(Generator(0))
    with pytest.raises(Exception, match="Type-check error"):
        Generator("0")
