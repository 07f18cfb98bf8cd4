"""What dropout keeps: PyTorch's masks on a CPU, in the two ways in which it has drawn them.

"words": each element takes a double of two words and is kept where that is below the probability.
So draws PyTorch since 2.7 on every processor, and before that on all but Intel's.

"mkl": one word seeds MKL's multiplicative congruential generator MCG31m1, which draws them all. So
drew PyTorch up to 2.6 on an Intel processor where it was built with MKL, until it was found that
few seeds make equal draws too often (pytorch#132395, switched off by pytorch#146174).
"""

import math
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float32

from jaxdl.replay.generator import Generator
from jaxdl.replay.sizes import shape_of

MaskStream = Literal["words", "mkl"]
STREAMS: tuple[MaskStream, ...] = get_args(MaskStream)

MULTIPLIER, MODULUS = 1132489760, 2**31 - 1


def bernoulli(
    generator: Generator, shape: tuple[int, ...], p: float, stream: MaskStream = "words"
) -> Bool[np.ndarray, "..."]:
    """True with probability p, for each element in the order of the memory (`Tensor.bernoulli_`).

    The dtype of PyTorch's tensor changes nothing, nor do its threads.

    Args:
        generator: it is advanced by two words an element, or by the one word that seeds MKL's.
        shape: of what is drawn.
        p: from 0 to 1; ValueError otherwise.
        stream: which PyTorch, see above; ValueError where it is neither.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, got {p}")
    shape, n = shape_of(shape)
    if stream == "mkl":
        uniforms = mcg31(int(generator.random(1)[0]), n) if n else np.empty(0, np.float32)
        return (uniforms < np.float32(p)).reshape(shape)
    if stream == "words":
        return (generator.rand(n, dtype=np.float64) < p).reshape(shape)
    raise ValueError(f"stream must be one of {', '.join(STREAMS)}, got {stream!r}")


def dropout_mask(
    generator: Generator, shape: tuple[int, ...], rate: float, stream: MaskStream = "words"
) -> Bool[np.ndarray, "..."]:
    """What `torch.nn.functional.dropout` keeps in training, of an input of that shape.

    Where the rate is 0 or 1, or nothing can be dropped, nothing is drawn. `Dropout2d` and its kin
    keep whole channels: for them the shape is (batch, channels, 1, 1).

    Args:
        generator, stream: as in `bernoulli`.
        shape: of the input; one of size 0 draws nothing.
        rate: the share that is dropped, 0 to 1; ValueError otherwise.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must be from 0 to 1, got {rate}")
    if rate in (0, 1) or not math.prod(shape):
        return np.full(shape, rate == 0)
    return bernoulli(generator, shape, 1 - rate, stream)


def mcg31(seed: int, n: int) -> Float32[np.ndarray, " n"]:
    """n uniforms of MKL's MCG31m1: x, and each x the one before times a factor, modulo 2³¹ - 1.

    MKL compares them in float32, in which x is rounded: near p that decides.
    """
    x = np.empty(n, np.uint64)
    x[:1] = seed % MODULUS or 1
    factor, done = MULTIPLIER, 1  # the first `done` numbers, times `factor`, are the next ones
    while done < n:
        more = min(done, n - done)
        x[done : done + more] = x[:more] * np.uint64(factor) % np.uint64(MODULUS)
        factor, done = factor * factor % MODULUS, done + more
    return x.astype(np.float32) * np.float32(2.0**-31)
