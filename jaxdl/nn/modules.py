"""The recurrences as Flax NNX modules: they hold the parameters that the pure functions take.

`nnx.to_pure_dict(nnx.split(module)[1])` is the functions' `params`. Initial values are drawn from
U(-1/√hidden, 1/√hidden), as PyTorch's.
"""

from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from flax.nnx.nn.dtypes import promote_dtype
from flax.typing import Dtype, Initializer
from jaxtyping import Array, Float, Int

from jaxdl.nn.cells import GATE_COUNTS, AnyArray, gru_cell, lstm_cell, rnn_cell, rnn_gates
from jaxdl.nn.checks import check_dropout, check_positive
from jaxdl.nn.embedding import rows_of
from jaxdl.nn.initial import uniform
from jaxdl.nn.recurrence import DIRECTIONS, gru, lstm, rnn


class _Cell(nnx.Module):
    kind: ClassVar[str]

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        *,
        use_bias: bool = True,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        kernel_init: Initializer | None = None,
        recurrent_kernel_init: Initializer | None = None,
        bias_init: Initializer | None = None,
        rngs: nnx.Rngs,
    ):
        check_positive(in_features=in_features, hidden_features=hidden_features)
        pytorchs, columns = uniform(hidden_features**-0.5), GATE_COUNTS[self.kind] * hidden_features

        def param(init: Initializer | None, *shape: int) -> nnx.Param[Array]:
            return nnx.Param((init or pytorchs)(rngs.params(), shape, param_dtype))

        self.kernel_ih = param(kernel_init, in_features, columns)
        self.kernel_hh = param(recurrent_kernel_init, hidden_features, columns)
        if use_bias:
            self.bias_ih = param(bias_init, columns)
            self.bias_hh = param(bias_init, columns)
        self.in_features, self.hidden_features = in_features, hidden_features
        self.use_bias, self.dtype, self.param_dtype = use_bias, dtype, param_dtype

    def _promoted(self, x: AnyArray, state: Any) -> Any:
        return _promoted((_params(self), jnp.asarray(x), state), self.dtype)


class RNNCell(_Cell):
    """`rnn_cell` with its parameters.

    Args:
        in_features, hidden_features: numbers in x and in the state.
        use_bias: have bias_ih and bias_hh.
        nonlinearity: "tanh" or "relu".
        dtype: of the computation; None: what x, the state and the parameters promote to.
        param_dtype: of the parameters.
        kernel_init, recurrent_kernel_init, bias_init: initialisers of kernel_ih, of kernel_hh and
            of both biases, for all gates at once; None: PyTorch's.
        rngs: the initial values' random keys.
    """

    kind = "rnn"

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        *,
        nonlinearity: str = "tanh",
        rngs: nnx.Rngs,
        **options: Any,
    ):
        rnn_gates(nonlinearity)  # a wrong name is an error here, not at the first call
        super().__init__(in_features, hidden_features, rngs=rngs, **options)
        self.nonlinearity = nonlinearity

    def __call__(
        self,
        x: Float[AnyArray, "*batch input"],
        state: Float[AnyArray, "*batch hidden"] | None = None,
    ) -> Float[Array, "*batch hidden"]:
        """The next state; see `jaxdl.nn.rnn_cell`."""
        return rnn_cell(*self._promoted(x, state), nonlinearity=self.nonlinearity)


class GRUCell(_Cell):
    """`gru_cell` with its parameters.

    Args:
        in_features, hidden_features, use_bias, dtype, param_dtype, kernel_init,
            recurrent_kernel_init, bias_init, rngs: as in `RNNCell`.
    """

    kind = "gru"

    def __call__(
        self,
        x: Float[AnyArray, "*batch input"],
        state: Float[AnyArray, "*batch hidden"] | None = None,
    ) -> Float[Array, "*batch hidden"]:
        """The next state; see `jaxdl.nn.gru_cell`."""
        return gru_cell(*self._promoted(x, state))


class LSTMCell(_Cell):
    """`lstm_cell` with its parameters.

    Args:
        in_features, hidden_features, use_bias, dtype, param_dtype, kernel_init,
            recurrent_kernel_init, bias_init, rngs: as in `RNNCell`.
    """

    kind = "lstm"

    def __call__(
        self,
        x: Float[AnyArray, "*batch input"],
        state: tuple[Float[AnyArray, "*batch hidden"], Float[AnyArray, "*batch hidden"]]
        | None = None,
    ) -> tuple[Float[Array, "*batch hidden"], Float[Array, "*batch hidden"]]:
        """The next state (h, c); see `jaxdl.nn.lstm_cell`."""
        return lstm_cell(*self._promoted(x, state))


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
        features = in_features
        for layer in range(num_layers):
            for direction in directions:
                cell = self.cell(features, hidden_features, dtype=dtype, rngs=rngs, **cell_options)
                setattr(self, f"l{layer}{direction}", cell)
            features = hidden_features * len(directions)  # of the layers above the first
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
        params, vectors, state = _promoted((_params(self), vectors, state), self.dtype)
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


def _params(module: nnx.Module) -> dict[str, Any]:
    """A module's parameters as the pure functions take them."""
    return nnx.to_pure_dict(nnx.state(module, nnx.Param))


def _promoted(tree: Any, dtype: Dtype | None) -> Any:
    """The arrays in one dtype, as Flax's layers promote them: the given one, else their common."""
    leaves, treedef = jax.tree.flatten(tree)
    return treedef.unflatten(promote_dtype(tuple(leaves), dtype=dtype))
