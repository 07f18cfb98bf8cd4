"""Where PyTorch's optimisers and Optax's of the same name part, and how to make them meet."""

from dataclasses import dataclass

from jaxdl.optim._names import known_name


@dataclass(frozen=True)
class Difference:
    """One default or definition. The three expressions are Python, with `optax` and `optim`.

    Attributes:
        what: what it is about.
        torch: PyTorch's side.
        optax: Optax's side.
        ours: an optimiser that computes as PyTorch's.
        naive: Optax's, in which this alone differs.
        cure: Optax's that equals `ours`; None where `ours` is the only cure.
        dtype: in which the two differ; where it is float32, float64 is the cure of `naive` itself.
    """

    what: str
    torch: str
    optax: str
    ours: str
    naive: str
    cure: str | None
    dtype: str = "float64"


def _l2(name: str, options: str = "", ours: str = "") -> Difference:
    plain = f"optax.{name}(0.1{options})"
    return Difference(
        "weight decay",
        "an L2 penalty, added to the gradient before all else",
        "none",
        f"optim.{name}(0.1{ours}, weight_decay=0.1)",
        plain,
        f"optax.chain(optax.add_decayed_weights(0.1), {plain})",
    )


def _bias_correction(name: str, options: str = "", ours: str = "") -> Difference:
    plain = f"optax.{name}(0.1{options})"
    return Difference(
        "bias correction in float32",
        "1 - β**t is a Python float",
        "1 - β**t cancels in float32: for β = 0.999 and t = 1 it is off by 1e-5 of itself",
        f"optim.{name}(0.1{ours})",
        plain,
        plain,
        dtype="float32",
    )


DIFFERENCES: dict[str, tuple[Difference, ...]] = {
    "adadelta": (
        Difference(
            "learning rate left out",
            "1",
            "none, and then the updates are not negated: they climb",
            "optim.adadelta()",
            "optax.adadelta()",
            "optax.adadelta(1.0)",
        ),
    ),
    "adafactor": (
        Difference(
            "small matrices",
            "every array of two axes or more is factored, along the last two",
            "only along axes of 128 and more, the two largest",
            "optim.adafactor(0.01)",
            "optax.adafactor(0.01)",
            "optax.adafactor(0.01, min_dim_size_to_factor=1)",
        ),
        Difference(
            "relative step size",
            "min(learning_rate, 1 / sqrt(t))",
            "the learning rate",
            "optim.adafactor(1.0)",
            "optax.adafactor(1.0, min_dim_size_to_factor=1)",
            "optax.adafactor(lambda count: jnp.minimum(1.0, (count + 1.0) ** -0.5), "
            "min_dim_size_to_factor=1)",
        ),
        Difference(
            "weight decay",
            "times the learning rate",
            "not times the learning rate",
            "optim.adafactor(0.01, weight_decay=0.1)",
            "optax.adafactor(0.01, min_dim_size_to_factor=1, weight_decay_rate=0.1)",
            "optax.adafactor(0.01, min_dim_size_to_factor=1, weight_decay_rate=0.01 * 0.1)",
        ),
    ),
    "adagrad": (
        Difference(
            "initial sum of squares",
            "0",
            "0.1",
            "optim.adagrad(0.1)",
            "optax.adagrad(0.1, eps=1e-20)",
            "optax.adagrad(0.1, initial_accumulator_value=0.0, eps=1e-20)",
        ),
        Difference(
            "epsilon",
            "1e-10, outside the square root",
            "1e-7, inside the square root",
            "optim.adagrad(0.1, eps=0.1)",
            "optax.adagrad(0.1, initial_accumulator_value=0.0, eps=0.1)",
            None,
        ),
        Difference(
            "lr_decay",
            "the learning rate over 1 + lr_decay * (t - 1)",
            "none",
            "optim.adagrad(0.1, lr_decay=0.5)",
            "optax.adagrad(0.1, initial_accumulator_value=0.0, eps=1e-20)",
            "optax.adagrad(lambda count: 0.1 / (1 + 0.5 * count), "
            "initial_accumulator_value=0.0, eps=1e-20)",
        ),
        _l2("adagrad", ", initial_accumulator_value=0.0, eps=1e-20"),
    ),
    "adam": (
        Difference(
            "weight decay",
            "an L2 penalty, added to the gradient before the moments",
            "adam has none, and adamw's is decoupled: another optimiser",
            "optim.adam(0.1, weight_decay=0.1)",
            "optax.adamw(0.1, weight_decay=0.1)",
            "optax.chain(optax.add_decayed_weights(0.1), optax.adam(0.1))",
        ),
        Difference(
            "amsgrad",
            "the largest second moment, then its bias correction",
            "the largest of the corrected second moments",
            "optim.adam(0.1, amsgrad=True)",
            "optax.amsgrad(0.1)",
            None,
        ),
        _bias_correction("adam"),
    ),
    "adamax": (_l2("adamax"),),
    "adamw": (
        Difference(
            "weight decay by default",
            "1e-2",
            "1e-4",
            "optim.adamw(0.1)",
            "optax.adamw(0.1)",
            "optax.adamw(0.1, weight_decay=1e-2)",
        ),
        _bias_correction("adamw", ", weight_decay=1e-2"),
    ),
    "asgd": (),
    "lbfgs": (
        Difference(
            "one update",
            "up to 20 iterations, at the learning rate 1",
            "one iteration, at the step length of its own line search",
            "optim.lbfgs()",
            "optax.lbfgs()",
            None,
        ),
        Difference(
            "line search",
            'none, or "strong_wolfe" by cubic interpolation',
            "a zoom of its own",
            'optim.lbfgs(max_iter=1, history_size=10, line_search_fn="strong_wolfe")',
            "optax.lbfgs()",
            None,
        ),
    ),
    "muon": (
        Difference(
            "weight decay by default",
            "0.1",
            "0",
            "optim.muon(0.1)",
            "optax.contrib.muon(0.1)",
            None,
        ),
        Difference(
            "precision of the iteration",
            "bfloat16",
            "the params' dtype",
            "optim.muon(0.1, weight_decay=0.0)",
            "optax.contrib.muon(0.1)",
            None,
        ),
        Difference(
            "scale",
            "sqrt(max(1, rows / columns)): rows are outputs",
            "sqrt(max(1, columns / rows)): columns are outputs",
            "optim.muon(0.1, weight_decay=0.0, ns_steps=0)",
            "optax.contrib.muon(0.1, ns_steps=0)",
            None,
        ),
    ),
    "nadam": (
        Difference(
            "momentum",
            "rises from β1 / 2 to β1, by momentum_decay",
            "is β1",
            "optim.nadam(0.1)",
            "optax.nadam(0.1)",
            None,
        ),
        _l2("nadam", ours=", momentum_decay=1e9"),
    ),
    "radam": (
        Difference(
            "epsilon",
            "added to the root of the second moment before its bias correction",
            "after it",
            "optim.radam(0.1, eps=0.1)",
            "optax.radam(0.1, eps=0.1)",
            None,
        ),
        _l2("radam", ", eps=1e-30", ", eps=1e-30"),
        _bias_correction("radam", ", eps=1e-30", ", eps=1e-30"),
    ),
    "rmsprop": (
        Difference(
            "epsilon",
            "outside the square root",
            "inside the square root",
            "optim.rmsprop(0.1, eps=0.1)",
            "optax.rmsprop(0.1, decay=0.99, eps=0.1)",
            "optax.rmsprop(0.1, decay=0.99, eps=0.1, eps_in_sqrt=False)",
        ),
        Difference(
            "decay rate by default",
            "alpha = 0.99",
            "decay = 0.9",
            "optim.rmsprop(0.1)",
            "optax.rmsprop(0.1, eps_in_sqrt=False)",
            "optax.rmsprop(0.1, decay=0.99, eps_in_sqrt=False)",
        ),
        Difference(
            "momentum under a schedule",
            "the buffer holds steps without the learning rate",
            "with the learning rate of their time",
            "optim.rmsprop(lambda count: 0.1 / (count + 1), momentum=0.9)",
            "optax.rmsprop(lambda count: 0.1 / (count + 1), decay=0.99, eps_in_sqrt=False, "
            "momentum=0.9)",
            "optax.chain(optax.scale_by_rms(decay=0.99, eps_in_sqrt=False), optax.trace(0.9), "
            "optax.scale_by_learning_rate(lambda count: 0.1 / (count + 1)))",
        ),
        _l2("rmsprop", ", decay=0.99, eps_in_sqrt=False"),
    ),
    "rprop": (
        Difference(
            "the first step",
            "taken at once",
            "zero: each update is that of the step before",
            "optim.rprop(0.1)",
            "optax.rprop(0.1)",
            None,
        ),
    ),
    "sgd": (
        Difference(
            "weight decay",
            "an L2 penalty, added to the gradient before the momentum",
            "none; in a chain after sgd it is another rule",
            "optim.sgd(0.1, momentum=0.9, weight_decay=0.1)",
            "optax.chain(optax.sgd(0.1, momentum=0.9), optax.add_decayed_weights(-0.01))",
            "optax.chain(optax.add_decayed_weights(0.1), optax.sgd(0.1, momentum=0.9))",
        ),
        Difference(
            "dampening",
            "all gradients but the first enter the buffer times 1 - dampening",
            "none",
            "optim.sgd(0.1, momentum=0.9, dampening=0.5)",
            "optax.sgd(0.1, momentum=0.9)",
            None,
        ),
    ),
    "sparse_adam": (),
}
"""By optimiser: where Optax's of that name differs from PyTorch's, and how to make them meet."""


def explain(name: str) -> str:
    """Each default and definition in which Optax's optimiser of that name is not PyTorch's.

    Args:
        name: PyTorch's or ours, in any case: "RMSprop", "rmsprop", "SparseAdam".

    Returns:
        Lines to print: both sides of each, and its cure. `jaxdl.optim.DIFFERENCES` has them as
        data.

    Raises:
        ValueError: there is no such optimiser; the nearest names are told.

    Example:
        >>> from jaxdl import optim
        >>> print(optim.explain("AdamW").partition("bias")[0].rstrip(" 2."))
        adamw: PyTorch's against optax.adamw
        1. weight decay by default
           PyTorch: 1e-2
           Optax:   1e-4
           cure:    optax.adamw(0.1, weight_decay=1e-2)
        <BLANKLINE>
    """
    name = known_name(name, DIFFERENCES)
    differences = DIFFERENCES[name]
    if not differences:
        return f"{name}: Optax has none; optim.{name} is PyTorch's"
    module = "optax.contrib" if name == "muon" else "optax"
    lines = [f"{name}: PyTorch's against {module}.{name}"]
    for number, difference in enumerate(differences, 1):
        cure = difference.cure or difference.ours
        if difference.dtype == "float32":
            cure = f"{difference.ours}, or float64"
        lines += [
            f"{number}. {difference.what}",
            f"   PyTorch: {difference.torch}",
            f"   Optax:   {difference.optax}",
            f"   cure:    {cure}",
        ]
    return "\n".join(lines)
