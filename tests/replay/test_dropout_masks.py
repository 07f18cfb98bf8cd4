"""What dropout keeps, by both streams: as PyTorch drew it when the golden file was written."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from jaxdl.replay import Generator, bernoulli, dropout_mask
from jaxdl.replay.dropout import MODULUS, MULTIPLIER, STREAMS, mcg31

with safe_open(Path(__file__).parent / "masks.safetensors", "numpy") as file:
    ABOUT = json.loads(file.metadata()["provenance"])
    GOLDEN = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)


def test_the_golden_file_says_who_drew_its_masks():
    assert ABOUT.keys() == set(STREAMS)
    assert ABOUT["mkl"]["processor"] == "GenuineIntel"
    versions = {stream: int(ABOUT[stream]["torch"].split(".")[1]) for stream in STREAMS}  # 2.x
    assert versions["mkl"] < 7 <= versions["words"]
    for about in ABOUT.values():
        assert len(set(about["seeds"])) >= 20
        assert {rate for _, rate in about["calls"]} == {0, 0.1, 0.5, 1}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("stream", STREAMS)
def test_masks_are_those_of_the_golden_file(stream, dtype):
    golden = GOLDEN[f"{stream}_{dtype}"]
    for seed, expected in zip(ABOUT[stream]["seeds"], golden, strict=True):
        generator = Generator(seed)
        kept = [dropout_mask(generator, (n,), p, stream) for n, p in ABOUT[stream]["calls"]]
        last = (generator.random(1) % 2**27).view(np.uint8)
        found = np.concatenate([np.packbits(np.concatenate(kept)), last])
        np.testing.assert_array_equal(found, expected, f"{seed=}")


def test_mkls_numbers_are_the_recurrence():
    x, wanted = 123, []
    for _ in range(1000):
        wanted.append(np.float32(x) / np.float32(2**31))
        x = x * MULTIPLIER % MODULUS
    np.testing.assert_array_equal(mcg31(123, 1000), wanted)
    for seed, same in [(0, 1), (MODULUS, 1), (2**32 - 1, 1), (MODULUS + 5, 5)]:
        np.testing.assert_array_equal(mcg31(seed, 9), mcg31(same, 9))


def test_a_mask_that_is_refused_draws_nothing():
    generator = Generator(0)
    for p in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="from 0 to 1"):
            bernoulli(generator, (3,), p)
        with pytest.raises(ValueError, match="from 0 to 1"):
            dropout_mask(generator, (3,), p)
    with pytest.raises(ValueError, match="stream must be one of words, mkl, got 'intel'"):
        bernoulli(generator, (3,), 0.5, "intel")  # pyright: ignore[reportArgumentType] # told
    with pytest.raises(ValueError, match="must not be negative"):
        bernoulli(generator, (-1,), 0.5)
    assert generator.random(1) == Generator(0).random(1)
    assert dropout_mask(generator, (2, 3), 0.25).shape == (2, 3)
