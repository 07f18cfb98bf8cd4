"""What an optimiser keeps, under the names that PyTorch gives it."""

from typing import Any

import jax
import numpy as np
import optax

from jaxdl.optim._names import known_name
from jaxdl.optim.adadelta import AdadeltaState
from jaxdl.optim.adafactor import AdafactorState
from jaxdl.optim.adagrad import AdagradState
from jaxdl.optim.adam import AdamState
from jaxdl.optim.adamax import AdamaxState
from jaxdl.optim.asgd import AsgdState
from jaxdl.optim.lbfgs import LbfgsState
from jaxdl.optim.muon import MuonState
from jaxdl.optim.nadam import NadamState
from jaxdl.optim.radam import RadamState
from jaxdl.optim.rmsprop import RmspropState
from jaxdl.optim.rprop import RpropState
from jaxdl.optim.sgd import DampenedTraceState
from jaxdl.optim.sparse_adam import SparseAdamState

STATES: dict[str, tuple[type, ...]] = {
    "adadelta": (AdadeltaState,),
    "adafactor": (AdafactorState,),
    "adagrad": (AdagradState,),
    "adam": (AdamState,),
    "adamax": (AdamaxState,),
    "adamw": (AdamState,),
    "asgd": (AsgdState,),
    "lbfgs": (LbfgsState,),
    "muon": (MuonState,),
    "nadam": (NadamState,),
    "radam": (RadamState,),
    "rmsprop": (RmspropState,),
    "rprop": (RpropState,),
    "sgd": (optax.TraceState, DampenedTraceState),
    "sparse_adam": (SparseAdamState,),
}


def slots(name: str, state: Any) -> dict[str, Any]:
    """What `torch.optim` keeps in `optimizer.state[param]`, read out of a state of ours.

    Args:
        name: the optimiser, by PyTorch's name or ours: "AdamW", "adamw".
        state: of that optimiser; what Optax wraps around one is looked through.

    Returns:
        PyTorch's name of each slot to a pytree like the params, or, where PyTorch keeps one number
        for each parameter (step, eta, mu, mu_product), to the one array of shape () that stands for
        all. Slots that PyTorch's would not have with the same options are left out: without
        momentum SGD has none. Of Adafactor, `optax.MaskedNode()` stands where a parameter has no
        such slot. L-BFGS has its slots for all parameters raveled together; its lists are arrays,
        oldest first, and prev_loss and al, which the next step does not read, are not kept.

    Raises:
        ValueError: the name is unknown, or the state holds none of that optimiser, or several, as
            with parameter groups: take one group's state.

    Example:
        >>> import jax.numpy as jnp
        >>> from jaxdl import optim
        >>> optimizer = optim.adam()
        >>> _, state = optimizer.update(jnp.ones(2), optimizer.init(jnp.ones(2)))
        >>> sorted(optim.slots("Adam", state))
        ['exp_avg', 'exp_avg_sq', 'step']
    """
    name = known_name(name, STATES)
    kinds = STATES[name]
    nodes = jax.tree.leaves(state, is_leaf=lambda node: isinstance(node, kinds))
    found = [node for node in nodes if isinstance(node, kinds)]
    if name == "sgd" and not found:
        return {}
    if len(found) != 1:
        raise ValueError(
            f"slots needs a state with one {name} in it, found {len(found)}: "
            "of parameter groups, give one group's state"
        )
    (own,) = found
    if name == "sgd":
        return {"momentum_buffer": own.trace}
    if isinstance(own, LbfgsState):
        return _of_lbfgs(own)
    kept = {slot: value for slot, value in own._asdict().items() if not isinstance(value, tuple)}
    if name == "muon":  # its count is for a schedule
        del kept["step"]
    return kept


def _of_lbfgs(state: LbfgsState) -> dict[str, Any]:
    size, pairs = len(state.rho), int(state.pairs)
    rows = np.arange(max(pairs - size, 0), pairs) % size
    return {
        "n_iter": state.step,
        "func_evals": state.evaluations,
        "d": state.direction,
        "t": state.step_size,
        "prev_flat_grad": state.gradient,
        "old_dirs": state.gradient_changes[rows],
        "old_stps": state.parameter_changes[rows],
        "ro": state.rho[rows],
        "H_diag": state.scale,
    }
