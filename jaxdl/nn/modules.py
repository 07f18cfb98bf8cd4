"""The recurrences as Flax NNX modules: they hold the parameters that the pure functions take.

`nnx.to_pure_dict(nnx.split(module)[1])` is the functions' `params`.
"""

from typing import Any, ClassVar

import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jaxtyping import Array, Float, Int

from jaxdl.nn.cell_modules import GRUCell, LSTMCell, RNNCell, params_of, promoted
from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_dropout, check_positive
from jaxdl.nn.embedding import rows_of
from jaxdl.nn.recurrence import DIRECTIONS, gru, lstm, rnn


class _Stack(nnx.Module):
    cell: ClassVar[Any]

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        num_layers: int = 1,
        *,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        dtype: Dtype | None = None,
        rngs: nnx.Rngs,
        **cell_options: Any,
    ):
        check_positive(num_layers=num_layers)
        check_dropout(dropout)
        directions = DIRECTIONS if bidirectional else DIRECTIONS[:1]
        features, given = in_features, cell_options.get("proj_features") or hidden_features
        for layer in range(num_layers):
            for direction in directions:
                cell = self.cell(features, hidden_features, dtype=dtype, rngs=rngs, **cell_options)
                setattr(self, f"l{layer}{direction}", cell)
            features = given * len(directions)  # of the layers above the first
        self.in_features, self.hidden_features = in_features, hidden_features
        self.num_layers, self.bidirectional = num_layers, bidirectional
        self.batch_first, self.dropout, self.dtype = batch_first, dropout, dtype

    def _run(
        self,
        function: Any,
        x: AnyArray,
        state: Any,
        lengths: AnyArray | None,
        key: Any,
        embedding: nnx.Embed | None,
        **options: Any,
    ) -> Any:
        """The pure function of the parameters, everything in the dtype of the computation."""
        x = jnp.asarray(x)
        vectors = x if embedding is None else rows_of(embedding)
        params, vectors, state = promoted((params_of(self), vectors, state), self.dtype)
        return function(
            params,
            vectors if embedding is None else x,
            state,
            lengths=lengths,
            batch_first=self.batch_first,
            dropout=self.dropout,
            key=key,
            embedding=None if embedding is None else vectors,
            **options,
        )


class RNN(_Stack):
    """`rnn` with its parameters: one or more layers, in one direction or both.

    Args:
        in_features, hidden_features: numbers in each step's input and in the state.
        num_layers: each takes the output of the one below.
        nonlinearity: "tanh" or "relu".
        batch_first: x and the output are (batch, seq, features), not (seq, batch, features).
        dropout: on the output of every layer but the last, in calls that are given a key.
        bidirectional: a second cell in every layer runs from the last step to the first.
        use_bias, dtype, param_dtype, kernel_init, recurrent_kernel_init, bias_init, rngs: as in
            `RNNCell`, of every cell.

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
        in_features: int,
        hidden_features: int,
        num_layers: int = 1,
        *,
        nonlinearity: str = "tanh",
        rngs: nnx.Rngs,
        **options: Any,
    ):
        super().__init__(
            in_features,
            hidden_features,
            num_layers,
            nonlinearity=nonlinearity,
            rngs=rngs,
            **options,
        )
        self.nonlinearity = nonlinearity

    def __call__(
        self,
        x: Float[AnyArray, "... input"] | Int[AnyArray, "..."],
        state: Float[AnyArray, "... hidden"] | None = None,
        *,
        lengths: Int[AnyArray, "..."] | None = None,
        key: Any = None,
        embedding: nnx.Embed | None = None,
    ) -> tuple[Float[Array, "... output"], Float[Array, "... hidden"]]:
        """Output and last state; see `jaxdl.nn.rnn`."""
        return self._run(rnn, x, state, lengths, key, embedding, nonlinearity=self.nonlinearity)


class GRU(_Stack):
    """`gru` with its parameters: one or more layers, in one direction or both.

    Args:
        in_features, hidden_features, num_layers, batch_first, dropout, bidirectional, use_bias,
            dtype, param_dtype, kernel_init, recurrent_kernel_init, bias_init, rngs: as in `RNN`.
    """

    cell = GRUCell

    def __call__(
        self,
        x: Float[AnyArray, "... input"] | Int[AnyArray, "..."],
        state: Float[AnyArray, "... hidden"] | None = None,
        *,
        lengths: Int[AnyArray, "..."] | None = None,
        key: Any = None,
        embedding: nnx.Embed | None = None,
    ) -> tuple[Float[Array, "... output"], Float[Array, "... hidden"]]:
        """Output and last state; see `jaxdl.nn.gru`."""
        return self._run(gru, x, state, lengths, key, embedding)


class LSTM(_Stack):
    """`lstm` with its parameters: one or more layers, in one direction or both.

    Args:
        in_features, hidden_features, num_layers, batch_first, dropout, bidirectional, use_bias,
            dtype, param_dtype, kernel_init, recurrent_kernel_init, bias_init, rngs: as in `RNN`.
        proj_features: as in `LSTMCell`: PyTorch's proj_size.
    """

    cell = LSTMCell

    def __call__(
        self,
        x: Float[AnyArray, "... input"] | Int[AnyArray, "..."],
        state: tuple[Float[AnyArray, "... hidden"], Float[AnyArray, "... hidden"]] | None = None,
        *,
        lengths: Int[AnyArray, "..."] | None = None,
        key: Any = None,
        embedding: nnx.Embed | None = None,
    ) -> tuple[
        Float[Array, "... output"], tuple[Float[Array, "... hidden"], Float[Array, "... hidden"]]
    ]:
        """Output and last state (h, c); see `jaxdl.nn.lstm`."""
        return self._run(lstm, x, state, lengths, key, embedding)
