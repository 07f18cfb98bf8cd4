"""What JAX's primitives are called in all three graphs."""

from __future__ import annotations

from typing import Any

COMMON = {
    "add": "add",
    "add_any": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "neg": "negate",
    "pow": "power",
    "integer_pow": "power",
    "square": "square",
    "exp": "exp",
    "log": "log",
    "tanh": "tanh",
    "logistic": "sigmoid",
    "max": "maximum",
    "min": "minimum",
    "select_n": "where",
    "eq": "compare",
    "ne": "compare",
    "lt": "compare",
    "le": "compare",
    "gt": "compare",
    "ge": "compare",
    "abs": "abs",
    "sqrt": "sqrt",
    "dot_general": "matmul",
    "reduce_sum": "sum",
    "reduce_max": "max",
    "argmax": "argmax",
    "reshape": "reshape",
    "squeeze": "reshape",
    "expand_dims": "reshape",
    "transpose": "transpose",
    "broadcast_in_dim": "broadcast",
    "gather": "index",
    "dynamic_slice": "index",
    "slice": "slice",
    "concatenate": "concatenate",
    "stack": "concatenate",
    "pad": "pad",
    "convert_element_type": "convert",
    "conv_general_dilated": "convolution",
    "reduce_window_max": "max_pool",
    "reduce_window_sum": "avg_pool",
    "scan": "recurrence",
    "while": "loop",
    "cond": "branch",
    "copy": "clone",
    "copy_p": "clone",
    "custom_jvp_call": "call",
    "custom_vjp_call": "call",
    "remat2": "call",
    "checkpoint": "call",
    "iota": "iota",
    "random_bits": "random",
    "random_seed": "random",
    "random_split": "random",
    "random_fold_in": "random",
    "threefry2x32": "random",
    "stop_gradient": "stop",
}


def common(eqn: Any) -> str:
    """The name by which an equation's operation is known in all graphs, else JAX's own.

    A call whose inside is one operation is known as that one.
    """
    name = eqn.primitive.name
    if name == "integer_pow" and eqn.params["y"] == 2:
        return "square"
    if name == "max" and any(_is_zero(atom) for atom in eqn.invars):
        return "relu"
    if name in ("custom_jvp_call", "custom_vjp_call"):
        only = _only(eqn)
        return "call" if only is None else common(only)
    return COMMON.get(name, name)


def _is_zero(atom: Any) -> bool:
    value = getattr(atom, "val", None)
    return value is not None and getattr(value, "ndim", 0) == 0 and value == 0


def _only(eqn: Any) -> Any:
    """The one equation of a call's inside; None: there are more."""
    while "call_jaxpr" in eqn.params or "jaxpr" in eqn.params:
        inside = eqn.params.get("call_jaxpr") or eqn.params["jaxpr"]
        eqns = getattr(inside, "jaxpr", inside).eqns
        if len(eqns) != 1:
            return None
        eqn = eqns[0]
    return eqn


def name_of(eqn: Any) -> str:
    """What the program calls the operation: a function's name, a `checkpoint_name`; or ""."""
    if "call_jaxpr" in eqn.params:
        return eqn.params["call_jaxpr"].jaxpr.debug_info.func_name or ""
    return str(eqn.params.get("name") or "")
