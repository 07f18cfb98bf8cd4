"""The `state_dict` of a freshly built PyTorch layer, drawn from a `Generator` in PyTorch's order.

Names, shapes and values are PyTorch's: `linear(Generator(0), 784, 10)` is the `state_dict` of
`nn.Linear(784, 10)` built right after `torch.manual_seed(0)`. `dtype`, float32 or float64, is the
layer's own `dtype` argument. A size below 1 is a ValueError, one that is no integer a TypeError.
"""

import math
import operator
from typing import SupportsIndex

import numpy as np
from numpy.typing import DTypeLike

from jaxdl.replay.generator import Generator
from jaxdl.replay.sizes import size_of

Parameters = dict[str, np.ndarray]


def linear(
    generator: Generator,
    in_features: int,
    out_features: int,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.Linear`: weight (out_features, in_features), bias (out_features,)."""
    _check_positive(in_features=in_features, out_features=out_features)
    return _affine(generator, (out_features, in_features), out_features, bias, dtype)


def conv1d(
    generator: Generator,
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    groups: int = 1,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.Conv1d`: weight (out_channels, in_channels / groups, kernel), bias (out_channels,)."""
    return _convolution(generator, (in_channels, out_channels), (kernel_size,), groups, bias, dtype)


def conv2d(
    generator: Generator,
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, int],
    groups: int = 1,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.Conv2d`: weight (out_channels, in_channels / groups, *kernel), bias (out_channels,)."""
    kernel = _kernel(kernel_size, 2)
    return _convolution(generator, (in_channels, out_channels), kernel, groups, bias, dtype)


def conv3d(
    generator: Generator,
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, int, int],
    groups: int = 1,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.Conv3d`: weight (out_channels, in_channels / groups, *kernel), bias (out_channels,)."""
    kernel = _kernel(kernel_size, 3)
    return _convolution(generator, (in_channels, out_channels), kernel, groups, bias, dtype)


def conv_transpose1d(
    generator: Generator,
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    groups: int = 1,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.ConvTranspose1d`: weight (in_channels, out_channels / groups, kernel), bias as ever."""
    channels = (in_channels, out_channels)
    return _convolution(generator, channels, (kernel_size,), groups, bias, dtype, True)


def conv_transpose2d(
    generator: Generator,
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, int],
    groups: int = 1,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.ConvTranspose2d`: weight (in_channels, out_channels / groups, *kernel), bias as ever."""
    channels, kernel = (in_channels, out_channels), _kernel(kernel_size, 2)
    return _convolution(generator, channels, kernel, groups, bias, dtype, True)


def conv_transpose3d(
    generator: Generator,
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, int, int],
    groups: int = 1,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.ConvTranspose3d`: weight (in_channels, out_channels / groups, *kernel), bias as ever."""
    channels, kernel = (in_channels, out_channels), _kernel(kernel_size, 3)
    return _convolution(generator, channels, kernel, groups, bias, dtype, True)


def embedding(
    generator: Generator,
    num_embeddings: int,
    embedding_dim: int,
    padding_idx: int | None = None,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.Embedding`: weight (num_embeddings, embedding_dim); the row `padding_idx` is zero."""
    _check_positive(num_embeddings=num_embeddings, embedding_dim=embedding_dim)
    if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
        raise ValueError(f"padding_idx {padding_idx} is not one of {num_embeddings} rows")
    row = None if padding_idx is None else operator.index(padding_idx)
    weight = generator.normal((num_embeddings, embedding_dim), dtype=dtype)
    if row is not None:
        weight[row] = 0
    return {"weight": weight}


def rnn(
    generator: Generator,
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    bias: bool = True,
    bidirectional: bool = False,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.RNN`: for each layer k and direction, weight_ih_lk (hidden_size, its input),
    weight_hh_lk (hidden_size, hidden_size), bias_ih_lk and bias_hh_lk (hidden_size,); the backward
    direction's names end in `_reverse`.
    """
    sizes = (input_size, hidden_size)
    return _stack(generator, 1, sizes, num_layers, bias, bidirectional, dtype)


def lstm(
    generator: Generator,
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    bias: bool = True,
    bidirectional: bool = False,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.LSTM`: as `rnn`, with 4 hidden_size rows for the gates i, f, g, o."""
    sizes = (input_size, hidden_size)
    return _stack(generator, 4, sizes, num_layers, bias, bidirectional, dtype)


def gru(
    generator: Generator,
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    bias: bool = True,
    bidirectional: bool = False,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.GRU`: as `rnn`, with 3 hidden_size rows for the gates r, z, n."""
    sizes = (input_size, hidden_size)
    return _stack(generator, 3, sizes, num_layers, bias, bidirectional, dtype)


def rnn_cell(
    generator: Generator,
    input_size: int,
    hidden_size: int,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.RNNCell`: weight_ih (hidden_size, input_size), weight_hh (hidden_size, hidden_size),
    bias_ih and bias_hh (hidden_size,).
    """
    return _cell(generator, 1, (input_size, hidden_size), bias, dtype)


def lstm_cell(
    generator: Generator,
    input_size: int,
    hidden_size: int,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.LSTMCell`: as `rnn_cell`, with 4 hidden_size rows for the gates i, f, g, o."""
    return _cell(generator, 4, (input_size, hidden_size), bias, dtype)


def gru_cell(
    generator: Generator,
    input_size: int,
    hidden_size: int,
    bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> Parameters:
    """`nn.GRUCell`: as `rnn_cell`, with 3 hidden_size rows for the gates r, z, n."""
    return _cell(generator, 3, (input_size, hidden_size), bias, dtype)


def _kernel(kernel_size: int | tuple[int, ...], rank: int) -> tuple[int, ...]:
    kernel = (kernel_size,) * rank if isinstance(kernel_size, SupportsIndex) else tuple(kernel_size)
    if len(kernel) != rank:
        words = {2: "two", 3: "three"}
        raise ValueError(f"kernel_size must be a number or {words[rank]}, got {kernel_size}")
    return kernel


def _convolution(
    generator: Generator,
    channels: tuple[int, int],
    kernel: tuple[int, ...],
    groups: int,
    bias: bool,
    dtype: DTypeLike,
    transposed: bool = False,
) -> Parameters:
    in_channels, out_channels = channels
    _check_positive(in_channels=in_channels, out_channels=out_channels, groups=groups)
    kernel = tuple(size_of(size, "kernel_size", least=1) for size in kernel)
    if in_channels % groups or out_channels % groups:
        raise ValueError(f"{groups} groups must divide {in_channels} and {out_channels} channels")
    first, second = (in_channels, out_channels) if transposed else (out_channels, in_channels)
    return _affine(generator, (first, second // groups, *kernel), out_channels, bias, dtype)


def _affine(
    generator: Generator, shape: tuple[int, ...], outputs: int, bias: bool, dtype: DTypeLike
) -> Parameters:
    """`kaiming_uniform_(weight, a=sqrt(5))`, then the bias from U(±1/sqrt(fan_in))."""
    fan_in = math.prod(shape[1:])
    # PyTorch's own steps: bound is 1 / sqrt(fan_in) up to a rounding that reaches the weights.
    gain = math.sqrt(2.0 / (1 + math.sqrt(5) ** 2))
    bound = math.sqrt(3.0) * (gain / math.sqrt(fan_in))
    state = {"weight": generator.uniform(shape, -bound, bound, dtype)}
    if bias:
        bound = 1 / math.sqrt(fan_in)
        state["bias"] = generator.uniform((outputs,), -bound, bound, dtype)
    return state


def _stack(
    generator: Generator,
    gates: int,
    sizes: tuple[int, int],
    num_layers: int,
    bias: bool,
    bidirectional: bool,
    dtype: DTypeLike,
) -> Parameters:
    _check_positive(num_layers=num_layers)
    input_size, hidden_size = sizes
    directions = ("", "_reverse") if bidirectional else ("",)
    state = {}
    for layer in range(num_layers):
        for direction in directions:
            cell = _cell(generator, gates, (input_size, hidden_size), bias, dtype)
            state |= {f"{name}_l{layer}{direction}": value for name, value in cell.items()}
        input_size = hidden_size * len(directions)  # of the layers above the first
    return state


def _cell(
    generator: Generator, gates: int, sizes: tuple[int, int], bias: bool, dtype: DTypeLike
) -> Parameters:
    """Everything from U(±1/sqrt(hidden_size))."""
    input_size, hidden_size = sizes
    _check_positive(input_size=input_size, hidden_size=hidden_size)
    rows, bound = gates * hidden_size, 1 / math.sqrt(hidden_size)
    shapes = {"weight_ih": (rows, input_size), "weight_hh": (rows, hidden_size)}
    if bias:
        shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
    return {name: generator.uniform(shape, -bound, bound, dtype) for name, shape in shapes.items()}


def _check_positive(**sizes: int) -> None:
    for name, size in sizes.items():
        size_of(size, name, least=1)
