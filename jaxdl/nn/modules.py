"""The recurrences as Flax NNX modules: they hold the parameters that the pure functions take.

`nnx.to_pure_dict(nnx.split(module)[1])` is the functions' `params`. Initial values are drawn from
U(-1/√hidden, 1/√hidden), as PyTorch's.
"""

from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Int

from jaxdl.nn.cells import GATES, AnyArray, gru_cell, lstm_cell, rnn_cell, rnn_gates
from jaxdl.nn.embedding import Embedding
from jaxdl.nn.recurrence import DIRECTIONS, gru, lstm, rnn


class _Cell(nnx.Module):
    kind: ClassVar[str]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        bias: bool = True,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        _check_positive(input_size=input_size, hidden_size=hidden_size)
        bound, columns = hidden_size**-0.5, GATES[self.kind] * hidden_size

        def uniform(*shape: int) -> nnx.Param[Array]:
            key = rngs.params()
            return nnx.Param(jax.random.uniform(key, shape, param_dtype, -bound, bound))

        self.kernel_ih = uniform(input_size, columns)
        self.kernel_hh = uniform(hidden_size, columns)
        if bias:
            self.bias_ih = uniform(columns)
            self.bias_hh = uniform(columns)


class RNNCell(_Cell):
    """`rnn_cell` with its parameters.

    Args:
        input_size, hidden_size: of x and of the state.
        bias: have bias_ih and bias_hh.
        nonlinearity: "tanh" or "relu".
        param_dtype: of the parameters.
        rngs: the initial values' random keys.
    """

    kind = "rnn"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        bias: bool = True,
        nonlinearity: str = "tanh",
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        rnn_gates(nonlinearity)  # a wrong name is an error here, not at the first call
        super().__init__(input_size, hidden_size, bias=bias, param_dtype=param_dtype, rngs=rngs)
        self.nonlinearity = nonlinearity

    def __call__(
        self,
        x: Float[AnyArray, "*batch input"],
        state: Float[AnyArray, "*batch hidden"] | None = None,
    ) -> Float[Array, "*batch hidden"]:
        """The next state; see `jaxdl.nn.rnn_cell`."""
        return rnn_cell(_params(self), x, state, self.nonlinearity)


class GRUCell(_Cell):
    """`gru_cell` with its parameters.

    Args:
        input_size, hidden_size, bias, param_dtype, rngs: as in `RNNCell`.
    """

    kind = "gru"

    def __call__(
        self,
        x: Float[AnyArray, "*batch input"],
        state: Float[AnyArray, "*batch hidden"] | None = None,
    ) -> Float[Array, "*batch hidden"]:
        """The next state; see `jaxdl.nn.gru_cell`."""
        return gru_cell(_params(self), x, state)


class LSTMCell(_Cell):
    """`lstm_cell` with its parameters.

    Args:
        input_size, hidden_size, bias, param_dtype, rngs: as in `RNNCell`.
    """

    kind = "lstm"

    def __call__(
        self,
        x: Float[AnyArray, "*batch input"],
        state: tuple[Float[AnyArray, "*batch hidden"], Float[AnyArray, "*batch hidden"]]
        | None = None,
    ) -> tuple[Float[Array, "*batch hidden"], Float[Array, "*batch hidden"]]:
        """The next state (h, c); see `jaxdl.nn.lstm_cell`."""
        return lstm_cell(_params(self), x, state)


class _Stack(nnx.Module):
    cell: ClassVar[Any]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
        **cell_options: Any,
    ):
        _check_positive(num_layers=num_layers)
        cell_options |= {"bias": bias, "param_dtype": param_dtype, "rngs": rngs}
        directions = DIRECTIONS if bidirectional else DIRECTIONS[:1]
        for layer in range(num_layers):
            for direction in directions:
                cell = self.cell(input_size, hidden_size, **cell_options)
                setattr(self, f"l{layer}{direction}", cell)
            input_size = hidden_size * len(directions)  # of the layers above the first
        self.batch_first = batch_first
        self.dropout = dropout


class RNN(_Stack):
    """`rnn` with its parameters: one or more layers, in one direction or both.

    Args:
        input_size, hidden_size: of each step's input and of the state.
        num_layers: each takes the output of the one below.
        nonlinearity: "tanh" or "relu".
        bias: have bias_ih and bias_hh in every cell.
        batch_first: x and the output are (batch, seq, features), not (seq, batch, features).
        dropout: on the output of every layer but the last, in calls that are given a key.
        bidirectional: a second cell in every layer runs from the last step to the first.
        param_dtype: of the parameters.
        rngs: the initial values' random keys.

    >>> import jax.numpy as jnp
    >>> from flax import nnx
    >>> from jaxdl.nn import RNN
    >>> output, state = RNN(4, 5, num_layers=2, rngs=nnx.Rngs(0))(jnp.ones((7, 3, 4)))
    >>> output.shape, state.shape
    ((7, 3, 5), (2, 3, 5))
    """

    cell = RNNCell

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            nonlinearity=nonlinearity,
            bias=bias,
            batch_first=batch_first,
            dropout=dropout,
            bidirectional=bidirectional,
            param_dtype=param_dtype,
            rngs=rngs,
        )
        self.nonlinearity = nonlinearity

    def __call__(
        self,
        x: Float[AnyArray, "... input"] | Int[AnyArray, "..."],
        state: Float[AnyArray, "... hidden"] | None = None,
        *,
        lengths: Int[AnyArray, "..."] | None = None,
        key: Any = None,
        embedding: Embedding | None = None,
    ) -> tuple[Float[Array, "... output"], Float[Array, "... hidden"]]:
        """Output and last state; see `jaxdl.nn.rnn`."""
        return rnn(
            _params(self),
            x,
            state,
            lengths=lengths,
            batch_first=self.batch_first,
            dropout=self.dropout,
            key=key,
            embedding=None if embedding is None else embedding.embedding[...],
            nonlinearity=self.nonlinearity,
        )


class GRU(_Stack):
    """`gru` with its parameters: one or more layers, in one direction or both.

    Args:
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, param_dtype,
            rngs: as in `RNN`.
    """

    cell = GRUCell

    def __call__(
        self,
        x: Float[AnyArray, "... input"] | Int[AnyArray, "..."],
        state: Float[AnyArray, "... hidden"] | None = None,
        *,
        lengths: Int[AnyArray, "..."] | None = None,
        key: Any = None,
        embedding: Embedding | None = None,
    ) -> tuple[Float[Array, "... output"], Float[Array, "... hidden"]]:
        """Output and last state; see `jaxdl.nn.gru`."""
        return gru(
            _params(self),
            x,
            state,
            lengths=lengths,
            batch_first=self.batch_first,
            dropout=self.dropout,
            key=key,
            embedding=None if embedding is None else embedding.embedding[...],
        )


class LSTM(_Stack):
    """`lstm` with its parameters: one or more layers, in one direction or both.

    Args:
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, param_dtype,
            rngs: as in `RNN`.
    """

    cell = LSTMCell

    def __call__(
        self,
        x: Float[AnyArray, "... input"] | Int[AnyArray, "..."],
        state: tuple[Float[AnyArray, "... hidden"], Float[AnyArray, "... hidden"]] | None = None,
        *,
        lengths: Int[AnyArray, "..."] | None = None,
        key: Any = None,
        embedding: Embedding | None = None,
    ) -> tuple[
        Float[Array, "... output"], tuple[Float[Array, "... hidden"], Float[Array, "... hidden"]]
    ]:
        """Output and last state (h, c); see `jaxdl.nn.lstm`."""
        return lstm(
            _params(self),
            x,
            state,
            lengths=lengths,
            batch_first=self.batch_first,
            dropout=self.dropout,
            key=key,
            embedding=None if embedding is None else embedding.embedding[...],
        )


def _params(module: nnx.Module) -> dict[str, Any]:
    """A module's parameters as the pure functions take them."""
    return nnx.to_pure_dict(nnx.state(module, nnx.Param))


def _check_positive(**sizes: int) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name} must be positive, got {size}")
