"""One step of a recurrence, in PyTorch's equations: RNN, GRU, LSTM.

A cell's parameters are `kernel_ih` (input, gates·hidden), `kernel_hh` (hidden, gates·hidden) and,
unless it was built with `use_bias=False`, `bias_ih` and `bias_hh` (gates·hidden,). They are
PyTorch's `weight_ih` and so on, the weights transposed; the gates stand in PyTorch's order, GRU
r, z, n and LSTM i, f, g, o. An LSTM that projects its state has `kernel_hr` (hidden, state), too:
h' = o ⊙ tanh(c') W_hr, and `kernel_hh` is (state, gates·hidden).

`RNN_GATES`, `GRU_GATES` and `LSTM_GATES` are what a layer runs over a sequence: the gates alone,
which take the input and the state multiplied by their kernels already.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float

from jaxdl.ops.recurrence import Gates

AnyArray = Array | np.ndarray
Parameters = Mapping[str, AnyArray]
State = tuple[Array, ...]
GivenState = tuple[AnyArray, ...] | None
LEAVES = ("kernel_ih", "kernel_hh", "bias_ih", "bias_hh", "kernel_hr")
GATE_COUNTS = {"rnn": 1, "gru": 3, "lstm": 4}


def rnn_cell(
    params: Parameters,
    x: Float[AnyArray, "*batch input"],
    h: Float[AnyArray, "*batch hidden"] | None = None,
    nonlinearity: str = "tanh",
) -> Float[Array, "*batch hidden"]:
    """One step of Elman's recurrence: h' = tanh(x W_ih + b_ih + h W_hh + b_hh).

    Args:
        params: of the cell, with hidden columns in each kernel.
        x: the input, (..., input); no leading axes or any.
        h: the state before, (..., hidden); None: zeros.
        nonlinearity: "tanh" or "relu".

    Returns:
        The state after, (..., hidden).

    Raises:
        ValueError: a shape does not fit, or the nonlinearity is neither.

    References:
        Elman, Finding Structure in Time, Cognitive Science 14, 1990. Equals `torch.nn.RNNCell`.
    """
    gates = rnn_gates(nonlinearity)
    (h,) = _cell(gates, "rnn", params, x, None if h is None else (h,))
    return h


def gru_cell(
    params: Parameters,
    x: Float[AnyArray, "*batch input"],
    h: Float[AnyArray, "*batch hidden"] | None = None,
) -> Float[Array, "*batch hidden"]:
    r"""One step of a gated recurrent unit.

    .. math::
        r &= \sigma(x W_{ir} + b_{ir} + h W_{hr} + b_{hr}) \\
        z &= \sigma(x W_{iz} + b_{iz} + h W_{hz} + b_{hz}) \\
        n &= \tanh(x W_{in} + b_{in} + r \odot (h W_{hn} + b_{hn})) \\
        h' &= (1 - z) \odot n + z \odot h

    `flax.nnx.GRUCell` has no b_hn; it stands inside the reset gate's product.

    Args:
        params: of the cell, with 3·hidden columns in each kernel.
        x: the input, (..., input); no leading axes or any.
        h: the state before, (..., hidden); None: zeros.

    Returns:
        The state after, (..., hidden).

    Raises:
        ValueError: a shape does not fit.

    References:
        Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, EMNLP 2014; the reset
        gate's place is PyTorch's. Equals `torch.nn.GRUCell`.
    """
    (h,) = _cell(GRU_GATES, "gru", params, x, None if h is None else (h,))
    return h


def lstm_cell(
    params: Parameters,
    x: Float[AnyArray, "*batch input"],
    state: tuple[Float[AnyArray, "*batch hidden"], Float[AnyArray, "*batch hidden"]] | None = None,
) -> tuple[Float[Array, "*batch hidden"], Float[Array, "*batch hidden"]]:
    r"""One step of a long short-term memory.

    .. math::
        i &= \sigma(x W_{ii} + b_{ii} + h W_{hi} + b_{hi}) \\
        f &= \sigma(x W_{if} + b_{if} + h W_{hf} + b_{hf}) \\
        g &= \tanh(x W_{ig} + b_{ig} + h W_{hg} + b_{hg}) \\
        o &= \sigma(x W_{io} + b_{io} + h W_{ho} + b_{ho}) \\
        c' &= f \odot c + i \odot g \\
        h' &= o \odot \tanh(c')

    With a `kernel_hr` what is given out is h' W_hr.

    Args:
        params: of the cell, with 4·hidden columns in each kernel.
        x: the input, (..., input); no leading axes or any.
        state: (h, c) before, each (..., hidden); None: zeros.

    Returns:
        (h', c'), each (..., hidden).

    Raises:
        ValueError: a shape does not fit.

    References:
        Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 9, 1997, with the
        forget gate of Gers et al., 2000. Equals `torch.nn.LSTMCell`, which does not project.
    """
    h, c = _cell(LSTM_GATES, "lstm", params, x, state)
    return h, c


def rnn_gates(nonlinearity: str) -> Gates:
    """The RNN's gates, "tanh" or "relu"; ValueError if it is neither."""
    if nonlinearity not in RNN_GATES:
        raise ValueError(f"nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
    return RNN_GATES[nonlinearity]


def _tanh(sums: State, _: State, state: State) -> State:
    # h' = tanh(x W_ih + b_ih + h W_hh + b_hh)
    return (jnp.tanh(sums[0]),)


def _relu(sums: State, _: State, state: State) -> State:
    return (jax.nn.relu(sums[0]),)


def _gru(sums: State, hidden: State, state: State) -> State:
    (h,) = state
    # r = σ(x W_ir + b_ir + h W_hr + b_hr), z alike
    sum_r, sum_z, input_n = sums
    r, z = jax.nn.sigmoid(sum_r), jax.nn.sigmoid(sum_z)
    # n = tanh(x W_in + b_in + r ⊙ (h W_hn + b_hn))
    (hidden_n,) = hidden
    n = jnp.tanh(input_n + r * hidden_n)
    # h' = (1 - z) ⊙ n + z ⊙ h
    return ((1 - z) * n + z * h,)


def _lstm(sums: State, _: State, state: State) -> State:
    i, f, g, o = sums
    # c' = σ(f) ⊙ c + σ(i) ⊙ tanh(g)
    c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    # h' = σ(o) ⊙ tanh(c')
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


RNN_GATES = {"tanh": Gates(_tanh), "relu": Gates(_relu)}
GRU_GATES = Gates(_gru, apart=1)
LSTM_GATES = Gates(_lstm)


def take_step(gates: Gates, params: Parameters, projected: Array, state: State) -> State:
    """The state after a step whose input is projected already, x W_ih + b_ih."""
    count = projected.shape[-1] // state[-1].shape[-1]  # the last has the hidden size
    split = lambda shares: tuple(jnp.split(shares, count, axis=-1))  # noqa: E731
    h, *rest = gates.step(split(projected), split(project_state(params, state[0])), state)
    return (h @ params["kernel_hr"] if "kernel_hr" in params else h, *rest)


def project_input(params: Parameters, x: Array) -> Array:
    """x W_ih + b_ih, (..., input) -> (..., gates·hidden)."""
    return _affine(x, params["kernel_ih"], params.get("bias_ih"))


def project_state(params: Parameters, h: Array) -> Array:
    """h W_hh + b_hh, (..., hidden) -> (..., gates·hidden)."""
    return _affine(h, params["kernel_hh"], params.get("bias_hh"))


def _affine(x: Array, kernel: AnyArray, bias: AnyArray | None) -> Array:
    y = x @ kernel
    return y if bias is None else y + jnp.broadcast_to(bias, y.shape)


def sizes_of(params: Parameters, kind: str, name: str = "") -> tuple[int, int]:
    """The size of a cell's state h and its hidden size, after names and shapes were checked.

    The two differ where the state is projected.

    Args:
        params: of the cell.
        kind: one of `GATE_COUNTS`.
        name: what error messages put before the parameters' names.

    Raises:
        ValueError: a kernel is missing, a name is unknown, or a shape does not fit the others.
    """
    leaves = LEAVES if kind == "lstm" else LEAVES[:-1]
    if not {"kernel_ih", "kernel_hh"} <= set(params) <= {*leaves}:
        raise ValueError(
            f"a cell's parameters are kernel_ih, kernel_hh and perhaps bias_ih, bias_hh; "
            f"{name or 'this one'} has {sorted(params)}"
        )
    gates, features = GATE_COUNTS[kind], params["kernel_ih"].shape[0]
    state = params["kernel_hh"].shape[0]
    projected = "kernel_hr" in params
    hidden = params["kernel_hr"].shape[0] if projected else state
    columns = (gates * hidden,)
    shapes = ((features, *columns), (state, *columns), columns, columns, (hidden, state))
    for leaf, shape in zip(LEAVES, shapes, strict=True):
        if leaf in params and params[leaf].shape != shape:
            raise ValueError(
                f"{name and name + '.'}{leaf} has shape {params[leaf].shape}, expected {shape}: "
                f"{gates}·hidden columns, hidden {hidden} being "
                f"{'kernel_hr' if projected else 'kernel_hh'}'s rows"
            )
    return state, hidden


def _cell(gates: Gates, kind: str, params: Parameters, x: AnyArray, state: GivenState) -> State:
    """Check the shapes, fill in a missing state, take one step."""
    sizes, features = sizes_of(params, kind), params["kernel_ih"].shape[0]
    x = jnp.asarray(x)
    if x.ndim == 0 or x.shape[-1] != features:
        raise ValueError(f"x has shape {x.shape}, expected (..., {features})")
    start = initial_state(state, kind, x.shape[:-1], sizes, params["kernel_hh"].dtype)
    return take_step(gates, params, project_input(params, x), start)


def initial_state(
    state: GivenState,
    kind: str,
    batch: tuple[int, ...],
    sizes: tuple[int, int],
    dtype: DTypeLike,
) -> State:
    """The given state, checked, or zeros; an LSTM has two arrays, h and c, the others one.

    Args:
        batch: the axes before the last.
        sizes: of h and of c.

    Raises:
        ValueError: `state` is not that many arrays of those shapes.
    """
    names = ("h", "c") if kind == "lstm" else ("h",)
    shapes = [(*batch, size) for size in sizes[: len(names)]]
    if state is None:
        return tuple(jnp.zeros(shape, dtype) for shape in shapes)
    if not isinstance(state, tuple | list) or len(state) != len(names):
        raise ValueError("the state of an LSTM is a tuple (h, c)")
    arrays = tuple(map(jnp.asarray, state))
    for name, array, shape in zip(names, arrays, shapes, strict=True):
        if array.shape != shape:
            raise ValueError(f"the state {name} has shape {array.shape}, expected {shape}")
    return arrays
