"""The optimizers that are known, their options, and what ports of them do otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jaxdl.parity.doctor.optimizer.directions import (
    adadelta,
    adagrad,
    adam,
    adamax,
    lamb,
    lion,
    nadam,
    radam,
    rmsprop,
    sgd,
)

if TYPE_CHECKING:
    from jaxdl.parity.doctor.optimizer.directions import Rule

RULES: dict[str, Rule] = {
    "sgd": sgd,
    "adam": adam,
    "nadam": nadam,
    "radam": radam,
    "adamax": adamax,
    "rmsprop": rmsprop,
    "adagrad": adagrad,
    "adadelta": adadelta,
    "lion": lion,
    "lamb": lamb,
}

NAMES = {
    "initial_accumulator_value": "initial",
    "weight_decay": "decay",
    "alpha": "alpha",
}


def own(kind: str, group: Mapping[str, Any]) -> tuple[str, dict[str, Any], float] | None:
    """PyTorch's rule with its options, and its decoupled weight decay; None: it is not known.

    Args:
        kind: the optimizer's class, in small letters.
        group: of its parameters.
    """
    import inspect

    decoupled = bool(group.get("decoupled_weight_decay")) or kind == "adamw"
    rule = {"adamw": "adam", "sparseadam": "adam"}.get(kind, kind)
    if rule not in RULES or group.get("maximize"):
        return None
    if any(isinstance(group.get(key), tuple) for key in ("eps", "lr", "weight_decay")):
        return None
    known = inspect.signature(RULES[rule]).parameters
    options: dict[str, Any] = {}
    for key, value in group.items():
        name = NAMES.get(key, key)
        if key == "betas" and "b1" in known:
            options |= {"b1": value[0], "b2": value[1]}
        elif name in known and name not in ("g", "p"):
            options[name] = value
    if "amsgrad" in options:
        options["amsgrad"] = "raw" if options["amsgrad"] else ""
    decoupled = decoupled or (rule == "sgd" and not options.get("momentum"))  # then it is the same
    decay = options.get("decay", 0.0) if decoupled else 0.0
    if decoupled:
        options["decay"] = 0.0
    return rule, options, decay


Change = tuple[str, dict[str, Any]]


def changes(rule: str, options: Mapping[str, Any], decay: float) -> Iterator[Change]:
    """What may be done otherwise, one thing at a time: (what it is, the options that differ).

    Args:
        rule: of `RULES`.
        options: PyTorch's.
        decay: its decoupled weight decay.
    """
    coupled = options.get("decay", 0.0)
    if rule != "lamb" and coupled:
        yield "the weight decay is left out", {"decay": 0.0}
    if decay:
        yield "the weight decay is added to the gradient, not decoupled", {"decay": decay}
    if rule == "sgd":
        momentum = options.get("momentum", 0.0)
        if momentum:
            yield "there is no momentum", {"momentum": 0.0}
            flipped = not options.get("nesterov")
            told = "Nesterov's momentum is used" if flipped else "Nesterov's momentum is left out"
            yield told, {"nesterov": flipped}
            yield (
                "the momentum is a moving average: the gradient is multiplied by 1 - momentum",
                {"dampening": momentum, "first": momentum},
            )
            yield (
                "the momentum is a moving average but for the first gradient",
                {"dampening": momentum, "first": 0.0},
            )
            if options.get("dampening"):
                yield (
                    "the first gradient is dampened, too",
                    {"first": options["dampening"]},
                )
                yield "the dampening is left out", {"dampening": 0.0}
        else:
            for value in (0.9, 0.95, 0.99, 0.5):
                yield f"there is a momentum of {value:g}", {"momentum": value}
    if rule in ("adam", "lamb"):
        yield "the moments are not corrected for their start", {"corrected": False}
    if rule == "adam":
        eps = options.get("eps", 1e-8)
        yield "epsilon is under the root", {"eps_root": eps, "eps": 0.0}
        yield "the square of epsilon is under the root", {"eps_root": eps**2, "eps": 0.0}
        yield "epsilon is added both under the root and to it", {"eps_root": eps}
        yield "epsilon is added before the second moment is corrected", {"hat": True}
        yield "it is Nesterov's Adam", {"nesterov": True}
        if options.get("amsgrad"):
            yield "AMSGrad is left out", {"amsgrad": ""}
            yield "AMSGrad takes the largest of the corrected moments", {"amsgrad": "corrected"}
        else:
            yield "it is AMSGrad", {"amsgrad": "raw"}
            yield "it is AMSGrad", {"amsgrad": "corrected"}
        yield "the first moment is kept in bfloat16", {"moments": "bfloat16"}
        yield "the first moment is kept in float16", {"moments": "float16"}
        yield "it is AdaBelief", {"belief": True}
        yield "it is AdaBelief", {"belief": True, "eps": 1e-16, "eps_root": 1e-16}
    if "b1" in options and "b2" in options:
        yield "b1 and b2 are exchanged", {"b1": options["b2"], "b2": options["b1"]}
    if rule == "rmsprop":
        yield "epsilon is under the root (Optax's default)", {"under": True}
        yield (
            "all is Optax's default: decay 0.9, epsilon under the root",
            {"under": True, "alpha": 0.9, "eps": 1e-8},
        )
        yield "the squares start at 1", {"initial": 1.0}
        yield "the squares are corrected for their start", {"corrected": True}
        flipped = not options.get("centered")
        yield "it is centred" if flipped else "it is not centred", {"centered": flipped}
        if options.get("momentum"):
            yield "there is no momentum", {"momentum": 0.0}
            yield "Nesterov's momentum is used", {"nesterov": True}
    if rule == "adagrad":
        yield "the squares start at Optax's default 0.1", {"initial": 0.1}
        yield "epsilon is under the root", {"under": True}
        yield (
            "the squares start at 0.1 and epsilon is 1e-07 under the root: Optax's defaults",
            {"initial": 0.1, "under": True, "eps": 1e-7},
        )
        if options.get("lr_decay"):
            yield "the learning rate's own decay is left out", {"lr_decay": 0.0}
    if rule == "adamax":
        yield "epsilon is added to the largest gradient, not to each", {"outside": True}
    if rule == "radam":
        yield "epsilon is added to the corrected root", {"corrected_root": True}
    if rule == "lamb":
        yield "the weight decay is added to the gradient, before the moments", {"early": True}
        yield "the weight decay is left out", {"decay": 0.0}
        yield "the trust ratio is left out", {"trusted": False}


BETAS = {"b1", "b2", "momentum", "alpha", "rho", "dampening"}
TOLD = {
    "b1": "b1",
    "b2": "b2",
    "eps": "epsilon",
    "eps_root": "the epsilon under the root",
    "momentum": "the momentum",
    "dampening": "the dampening",
    "decay": "the weight decay",
    "alpha": "the squares' decay (alpha)",
    "rho": "rho",
    "initial": "the start of the squares",
    "lr_decay": "the learning rate's own decay",
    "momentum_decay": "the momentum's decay",
}
"""Options that are numbers, which can be solved for."""


def others() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Other optimizers with their usual options: (rule, title, options)."""
    yield "sgd", "SGD", {}
    for momentum in (0.9, 0.95, 0.99):
        yield "sgd", "SGD", {"momentum": momentum}
        yield "sgd", "SGD", {"momentum": momentum, "nesterov": True}
    yield "adam", "Adam", {}
    yield "adam", "Nesterov's Adam", {"nesterov": True}
    yield "adam", "AdaBelief", {"belief": True, "eps": 1e-16, "eps_root": 1e-16}
    yield "nadam", "NAdam", {}
    yield "radam", "RAdam", {"corrected_root": True}
    yield "adamax", "Adamax", {}
    yield "adamax", "Adamax", {"outside": True}
    yield "rmsprop", "RMSprop", {}
    yield "rmsprop", "RMSprop", {"alpha": 0.9, "under": True}
    yield "adagrad", "Adagrad", {}
    yield "adagrad", "Adagrad", {"initial": 0.1, "under": True, "eps": 1e-7}
    yield "adadelta", "Adadelta", {}
    yield "lion", "Lion", {}
    yield "lion", "signs of the gradient", {"b1": 0.0, "b2": 0.0}
    yield "lamb", "LAMB", {}


def given(options: Mapping[str, Any]) -> str:
    """Options in words."""
    told = [f"{k}={v:g}" if isinstance(v, float) else f"{k}={v}" for k, v in options.items()]
    return ", ".join(told) or "its defaults"
