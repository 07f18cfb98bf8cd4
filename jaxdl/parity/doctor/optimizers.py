"""An optimizer that steps otherwise: both are fed with the same gradients, and then others."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from jaxdl.parity.doctor.diagnosis import Diagnosis, Pair
from jaxdl.parity.map import as_array
from jaxdl.parity.tolerances import relative_error

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray]

NEAR = 1e-8


def optimizers(
    model: Any, torch_optimizer: Any, optimizer: Any, steps: int, pair: Pair
) -> Diagnosis | None:
    """What differs when both optimizers get PyTorch's gradients of a run; None: nothing.

    Args:
        model: the one whose parameters `torch_optimizer` has.
        torch_optimizer: PyTorch's, no step of which is taken.
        optimizer: an `optax.GradientTransformation`.
        steps: of the run.
        pair: both models in float64.
    """
    start = {n: as_array(p).copy() for n, p in pair.model.named_parameters() if p.requires_grad}
    gradients, wanted = _run(model, torch_optimizer, pair, steps)
    ours = list(_fed(optimizer, start, gradients))
    errors = [_apart(a, b) for a, b in zip(ours, wanted, strict=True)]
    first = next((k for k, error in enumerate(errors) if error > NEAR), None)
    if first is None:
        return None
    place = f"{type(torch_optimizer).__name__}, step {first + 1}"
    groups = torch_optimizer.param_groups
    kind = type(torch_optimizer).__name__.lower()
    factor = _factor(start, ours, wanted)
    if factor is not None:
        return Diagnosis(
            "optimizer",
            place,
            f"every step is {factor:.6g} times PyTorch's",
            f"the learning rate is {groups[0]['lr']:g}",
            certain=True,
        )
    own, rate = _own(kind, groups[0]), groups[0]["lr"]
    for times in _ratios(start, ours[:1], wanted[:1]) if own else ():
        if times > 0 and _does(own(times * rate), start, gradients, ours):
            cause = f"the learning rate is {times * rate:.6g}, not {rate:g}"
            return Diagnosis(
                "optimizer", place, cause, f"jaxdl.optim.{kind}({rate:g}, …)", certain=True
            )
    for cause, cure, other in _others(kind, groups[0]):
        if _does(other, start, gradients, ours):
            return Diagnosis("optimizer", place, cause, cure, certain=True)
    turned = _rates(start, ours, wanted)
    if turned:
        return Diagnosis(
            "optimizer", place, turned, "optax schedules count from 0, as PyTorch's do"
        )
    return Diagnosis("optimizer", place)


def _run(model: Any, optimizer: Any, pair: Pair, steps: int) -> tuple[list[Arrays], list[Arrays]]:
    """The gradients and parameters of PyTorch's run, its optimizer in float64."""
    import torch

    named = dict(pair.model.named_parameters())
    names = {id(p): n for n, p in model.named_parameters()}
    groups = [
        {**group, "params": [named[names[id(p)]] for p in group["params"]]}
        for group in deepcopy_groups(optimizer)
    ]
    before = {n: p.detach().clone() for n, p in named.items()}
    fresh = type(optimizer)(groups, **_arguments(optimizer))
    gradients, found = [], []
    for _ in range(steps):
        fresh.zero_grad()
        pair.torch_loss(pair.model, pair.tensors).backward()
        gradients.append(
            {
                n: as_array(torch.zeros_like(p) if p.grad is None else p.grad).copy()
                for n, p in named.items()
                if p.requires_grad
            }
        )
        fresh.step()
        found.append({n: as_array(p).copy() for n, p in named.items() if p.requires_grad})
    with torch.no_grad():
        for name, p in named.items():
            p.copy_(before[name])
            p.grad = None
    return gradients, found


def deepcopy_groups(optimizer: Any) -> list[dict[str, Any]]:
    """The parameter groups, the parameters themselves not copied."""
    return [
        {key: value if key == "params" else deepcopy(value) for key, value in group.items()}
        for group in optimizer.param_groups
    ]


def _arguments(optimizer: Any) -> dict[str, Any]:
    import inspect

    known = inspect.signature(type(optimizer)).parameters
    return {key: value for key, value in optimizer.defaults.items() if key in known}


def _fed(optimizer: Any, start: Arrays, gradients: list[Arrays]) -> Iterator[Arrays]:
    """The parameters after each of these gradients."""
    import jax.numpy as jnp
    import numpy as np
    import optax

    optimizer = optax.with_extra_args_support(optimizer)
    params: Any = {name: jnp.asarray(array) for name, array in start.items()}
    state = optimizer.init(params)
    for gradient in gradients:
        updates, state = optimizer.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
        yield {name: np.asarray(array) for name, array in params.items()}


def _does(optimizer: Any, start: Arrays, gradients: list[Arrays], ours: list[Arrays]) -> bool:
    """It gives these parameters, one step after the other; not tried on after one that differs."""
    try:
        steps = _fed(optimizer, start, gradients)
        return all(_apart(a, b) <= NEAR for a, b in zip(steps, ours, strict=True))
    except (TypeError, ValueError, KeyError):
        return False


def _apart(a: Arrays, b: Arrays) -> float:
    return max((relative_error(a[name], b[name]) for name in b), default=0.0)


def _others(kind: str, group: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Optimizers that a port may have instead: (cause, cure, the optimizer)."""
    import optax

    from jaxdl import optim

    lr = group["lr"]
    decay = group.get("weight_decay", 0.0)
    cure = f"jaxdl.optim.{kind}({lr:g}, …)"
    if kind in ("adam", "adamw"):
        (b1, b2), eps = group["betas"], group["eps"]
        coupled = kind == "adam"
        for cause, options in (
            ("the weight decay is left out", {"weight_decay": 0.0}),
            (
                "the weight decay is decoupled (AdamW), not added to the gradient",
                {"decoupled": True},
            ),
            (
                "the weight decay is added to the gradient (Adam), not decoupled",
                {"decoupled": False},
            ),
            ("epsilon is under the root", {"eps_root": eps, "eps": 0.0}),
            *(
                (f"epsilon is {e:g}, not {eps:g}", {"eps": e})
                for e in (1e-7, 1e-6, 1e-5, 1e-3, 1e-8, 1e-10, 1e-15)
            ),
            *((f"b2 is {b:g}, not {b2:g}", {"b2": b}) for b in (0.95, 0.98, 0.99, 0.999, 0.9)),
            *((f"b1 is {b:g}, not {b1:g}", {"b1": b}) for b in (0.0, 0.5, 0.9, 0.95)),
            ("b1 and b2 are exchanged", {"b1": b2, "b2": b1}),
            ("the moments are not corrected for their start", {"plain": True}),
            ("it is Nesterov's Adam", {"nesterov": True}),
            *(
                (f"the weight decay is {d:g}, not {decay:g}", {"weight_decay": d})
                for d in (1e-4, 1e-2, 0.1, 5e-4)
            ),
            (
                "the decoupled weight decay is not multiplied by the learning rate",
                {"decoupled": True, "weight_decay": decay / lr if lr else 0.0},
            ),
            ("AMSGrad", {"amsgrad": True}),
        ):
            ways = {"b1": b1, "b2": b2, "eps": eps, "weight_decay": decay, "decoupled": not coupled}
            merged: dict[str, Any] = {**ways, **options}
            yield cause, cure, _adam(lr, **merged)
        if group.get("amsgrad"):
            yield "AMSGrad is left out", cure, _adam(lr, b1, b2, eps, decay, not coupled)
    if kind == "sgd":
        momentum = group["momentum"]
        nesterov = group["nesterov"]
        for cause, options in (
            ("there is no momentum", {"momentum": 0.0}),
            ("Nesterov's momentum is used", {"nesterov": True}),
            ("Nesterov's momentum is left out", {"nesterov": False}),
            ("the weight decay is left out", {"weight_decay": 0.0}),
            ("the weight decay is decoupled", {"decoupled": True}),
            (
                "the momentum is a moving average: the gradient is multiplied by 1 - momentum",
                {"ema": True},
            ),
            *(
                (f"the momentum is {m:g}, not {momentum:g}", {"momentum": m})
                for m in (0.9, 0.99, 0.5, 0.95)
            ),
        ):
            ways: dict[str, Any] = {
                "momentum": momentum,
                "nesterov": nesterov,
                "weight_decay": decay,
            }
            merged: dict[str, Any] = {**ways, **options}
            yield cause, cure, _sgd(lr, **merged)
    if kind == "rmsprop":
        alpha, eps, momentum = group["alpha"], group["eps"], group["momentum"]
        centered = group["centered"]
        base = {"decay": alpha, "eps": eps, "momentum": momentum or None, "centered": centered}
        for cause, options in (
            ("epsilon is under the root (Optax's default)", {"eps_in_sqrt": True}),
            ("the decay is Optax's default 0.9", {"decay": 0.9, "eps_in_sqrt": False}),
            (
                "all is Optax's default: decay 0.9, epsilon under the root",
                {"decay": 0.9, "eps_in_sqrt": True},
            ),
            ("the squares start at 1", {"initial_scale": 1.0, "eps_in_sqrt": False}),
            (
                "the moments are corrected for their start",
                {"bias_correction": True, "eps_in_sqrt": False},
            ),
            ("it is not centred", {"centered": False, "eps_in_sqrt": False}),
            ("it is centred", {"centered": True, "eps_in_sqrt": False}),
            ("there is no momentum", {"momentum": None, "eps_in_sqrt": False}),
        ):
            yield cause, cure, optax.rmsprop(lr, **(base | options))
    if kind == "adagrad":
        eps, first = group["eps"], group.get("initial_accumulator_value", 0.0)
        for cause, options in (
            ("the squares start at Optax's default 0.1", {"initial_accumulator_value": 0.1}),
            ("epsilon is Optax's default 1e-7", {"eps": 1e-7}),
            ("all is Optax's default", {"initial_accumulator_value": 0.1, "eps": 1e-7}),
        ):
            base: dict[str, Any] = {"initial_accumulator_value": first, "eps": eps}
            merged: dict[str, Any] = {**base, **options}
            yield cause, cure, optax.adagrad(lr, **merged)
            yield cause, cure, optim.adagrad(lr, **merged)
    names = {
        "sgd": optim.sgd,
        "adam": optim.adam,
        "adagrad": optim.adagrad,
        "rmsprop": optim.rmsprop,
    }
    for name, factory in names.items():
        if name != kind:
            yield f"it is {name}", cure, factory(lr)
    for name in (
        "adam",
        "adamw",
        "lamb",
        "lion",
        "nadam",
        "radam",
        "adabelief",
        "adadelta",
        "sgd",
        "rmsprop",
        "adagrad",
        "adamax",
    ):
        if name != kind:
            yield f"it is optax.{name} with its defaults", cure, getattr(optax, name)(lr)
        else:
            yield f"it is optax.{name} with Optax's own defaults", cure, getattr(optax, name)(lr)
    own = _own(kind, group)
    if own is not None:
        for norm in (0.1, 0.5, 1.0, 5.0, 10.0):
            yield (
                f"the gradient is clipped to the norm {norm:g}",
                "clip nothing, or in PyTorch, too",
                optax.chain(optax.clip_by_global_norm(norm), own(lr)),
            )
            yield (
                f"the gradient is clipped at {norm:g}",
                "clip nothing, or in PyTorch, too",
                optax.chain(optax.clip(norm), own(lr)),
            )
        yield (
            "the step goes up the gradient",
            "the update is -learning_rate · …",
            optax.chain(own(lr), optax.scale(-1.0)),
        )


def _own(kind: str, group: dict[str, Any]) -> Any:
    """PyTorch's optimizer as it is, by its learning rate."""
    from jaxdl import optim

    factory = optim.OPTIMIZERS.get(kind)
    if factory is None:
        return None
    import inspect

    known = inspect.signature(factory).parameters
    names = {"betas": ("b1", "b2")}
    options: dict[str, Any] = {}
    for key, value in group.items():
        if key in known and key not in ("params", "lr"):
            options[key] = value
        for name, part in zip(names.get(key, ()), value if key in names else (), strict=False):
            if name in known:
                options[name] = part
    return lambda lr: factory(lr, **options)


def _adam(
    lr: float,
    b1: float,
    b2: float,
    eps: float,
    weight_decay: float,
    decoupled: bool,
    eps_root: float = 0.0,
    plain: bool = False,
    nesterov: bool = False,
    amsgrad: bool = False,
) -> Any:
    import optax

    if plain:
        scale = optax.chain(_moments(b1, b2, eps))
    elif amsgrad:
        scale = optax.scale_by_amsgrad(b1, b2, eps)
    else:
        scale = optax.scale_by_adam(b1, b2, eps, eps_root, nesterov=nesterov)
    decay = optax.add_decayed_weights(weight_decay)
    parts = [scale, decay] if decoupled else [decay, scale]
    return optax.chain(*parts, optax.scale(-lr))


def _moments(b1: float, b2: float, eps: float) -> Any:
    """Adam's moments as they are, uncorrected."""
    import jax
    import optax

    def init(params: Any) -> Any:
        zeros = jax.tree.map(lambda p: 0 * p, params)
        return zeros, zeros

    def update(updates: Any, state: Any, params: Any = None) -> Any:
        m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, state[0], updates)
        v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g**2, state[1], updates)
        return jax.tree.map(lambda m, v: m / (v**0.5 + eps), m, v), (m, v)

    return optax.GradientTransformation(init, update)


def _sgd(
    lr: float,
    momentum: float,
    nesterov: bool,
    weight_decay: float,
    *,
    decoupled: bool = False,
    ema: bool = False,
) -> Any:
    import optax

    trace = optax.trace(momentum, nesterov) if momentum else optax.identity()
    if ema:
        trace = optax.ema(momentum, debias=False)
    decay = optax.add_decayed_weights(weight_decay)
    parts = [trace, decay] if decoupled else [decay, trace]
    return optax.chain(*parts, optax.scale(-lr))


def _steps(start: Arrays, run: list[Arrays]) -> list[Arrays]:
    found, before = [], start
    for after in run:
        found.append({name: after[name] - before[name] for name in after})
        before = after
    return found


def _factor(start: Arrays, ours: list[Arrays], wanted: list[Arrays]) -> float | None:
    """By what every step is longer; None: by no one number."""
    factors = _ratios(start, ours, wanted)
    if factors and max(factors) - min(factors) <= 1e-6 * abs(factors[0]):
        return factors[0]
    return None


def _ratios(start: Arrays, ours: list[Arrays], wanted: list[Arrays]) -> list[float]:
    """Each step's length over PyTorch's, where the two have one direction; else nothing."""
    import numpy as np

    found = []
    for a, b in zip(_steps(start, ours), _steps(start, wanted), strict=True):
        x = np.concatenate([v.ravel() for v in a.values()])
        y = np.concatenate([b[name].ravel() for name in a])
        ratio = float(x @ y / max(float(y @ y), 1e-300))
        if np.abs(x - ratio * y).max() > 1e-6 * max(np.abs(x).max(), 1e-300):
            return []
        found.append(ratio)
    return found


def _rates(start: Arrays, ours: list[Arrays], wanted: list[Arrays]) -> str:
    """The steps have PyTorch's directions, and other lengths each: a schedule."""
    factors = _ratios(start, ours, wanted)
    told = ", ".join(f"{factor:.4g}" for factor in factors)
    return (
        f"the steps are {told} times PyTorch's: the learning rate follows another schedule"
        if factors
        else ""
    )
