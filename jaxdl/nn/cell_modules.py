"""One step of a recurrence as Flax NNX modules: they hold the parameters of the pure functions.

Initial values are drawn from U(-1/√hidden, 1/√hidden), as PyTorch's.
"""

from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from flax.nnx.nn.dtypes import promote_dtype
from flax.typing import Dtype, Initializer
from jaxtyping import Array, Float

from jaxdl.nn.cells import GATE_COUNTS, AnyArray, gru_cell, lstm_cell, rnn_cell, rnn_gates
from jaxdl.nn.checks import check_positive
from jaxdl.nn.initial import uniform


class Cell(nnx.Module):
    """What the three cells have in common: their parameters."""

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
        state_features: int | None = None,
    ):
        check_positive(in_features=in_features, hidden_features=hidden_features)
        pytorchs, columns = uniform(hidden_features**-0.5), GATE_COUNTS[self.kind] * hidden_features

        def param(init: Initializer | None, *shape: int) -> nnx.Param[Array]:
            return nnx.Param((init or pytorchs)(rngs.params(), shape, param_dtype))

        self.kernel_ih = param(kernel_init, in_features, columns)
        self.kernel_hh = param(recurrent_kernel_init, state_features or hidden_features, columns)
        if use_bias:
            self.bias_ih = param(bias_init, columns)
            self.bias_hh = param(bias_init, columns)
        self.in_features, self.hidden_features = in_features, hidden_features
        self.use_bias, self.dtype, self.param_dtype = use_bias, dtype, param_dtype

    def _promoted(self, x: AnyArray, state: Any) -> Any:
        return promoted((params_of(self), jnp.asarray(x), state), self.dtype)


class RNNCell(Cell):
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


class GRUCell(Cell):
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


class LSTMCell(Cell):
    """`lstm_cell` with its parameters.

    Args:
        in_features, hidden_features, use_bias, dtype, param_dtype, kernel_init,
            recurrent_kernel_init, bias_init, rngs: as in `RNNCell`.
        proj_features: numbers in h, fewer than in c: h' is projected by `kernel_hr`; None: it is
            not.
    """

    kind = "lstm"

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        *,
        proj_features: int | None = None,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        check_projection(proj_features, hidden_features)
        options["state_features"] = proj_features
        super().__init__(in_features, hidden_features, rngs=rngs, **options)
        if proj_features is not None:
            init = options.get("recurrent_kernel_init") or uniform(hidden_features**-0.5)
            shape = (hidden_features, proj_features)
            self.kernel_hr = nnx.Param(init(rngs.params(), shape, self.param_dtype))

    def __call__(
        self,
        x: Float[AnyArray, "*batch input"],
        state: tuple[Float[AnyArray, "*batch hidden"], Float[AnyArray, "*batch hidden"]]
        | None = None,
    ) -> tuple[Float[Array, "*batch hidden"], Float[Array, "*batch hidden"]]:
        """The next state (h, c); see `jaxdl.nn.lstm_cell`."""
        return lstm_cell(*self._promoted(x, state))


def check_projection(proj_features: int | None, hidden_features: int) -> None:
    """ValueError unless it is None or a positive integer below the hidden size."""
    if proj_features is None:
        return
    check_positive(proj_features=proj_features)
    if proj_features >= hidden_features:
        raise ValueError(
            f"proj_features {proj_features} must be less than hidden_features {hidden_features}"
        )


def params_of(module: nnx.Module) -> dict[str, Any]:
    """A module's parameters as the pure functions take them."""
    return nnx.to_pure_dict(nnx.state(module, nnx.Param))


def promoted(tree: Any, dtype: Dtype | None) -> Any:
    """The arrays in one dtype, as Flax's layers promote them: the given one, else their common."""
    leaves, treedef = jax.tree.flatten(tree)
    return treedef.unflatten(promote_dtype(tuple(leaves), dtype=dtype))
