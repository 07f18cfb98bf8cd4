"""An assertion that a port is right, whose failure reads like a diagnosis."""

from __future__ import annotations

import os
from typing import Any

from jaxdl.errors import InputError
from jaxdl.parity import report as told
from jaxdl.parity.compare import Comparison
from jaxdl.parity.compare_models import compare
from jaxdl.parity.doctor import diagnose

ONLY_COMPARED = ("steps", "batches", "layers")


def assert_parity(
    torch_model: Any,
    jax_model: Any,
    batch: Any,
    *,
    loss: Any = None,
    torch_loss: Any = None,
    steps: int = 0,
    report: str | os.PathLike[str] | None = None,
    **options: Any,
) -> Comparison:
    """Fail, with the cause, if a JAX model does not compute what its PyTorch model does.

    >>> def test_my_port():  # doctest: +SKIP
    ...     assert_parity(Net(), Port(nnx.Rngs(0)), (x, y), loss="cross_entropy")

    Args:
        torch_model: a `torch.nn.Module`, in the mode (train or eval) that is meant.
        jax_model: a `flax.nnx.Module`, or the params of a plain model, which needs `apply`. It gets
            PyTorch's numbers.
        batch: (inputs, targets), or what else the losses take.
        loss: (jax_model, batch) -> a scalar; or the name of a loss that `torch.nn.functional` and
            `jaxdl.losses` have, taken of the output and the batch's second part: "mse_loss".
        torch_loss: (torch_model, batch) -> a tensor of one element; none where `loss` is a name.
        steps: so many training steps are compared, too, of `optimizer` and `torch_optimizer`.
        report: a file for the comparison, .html.
        options: the other arguments of `jaxdl.parity.compare`.

    Returns:
        The comparison.

    Raises:
        AssertionError: the two differ: what, by how much, where first, and why.
        InputError, MapError: as those of `jaxdl.parity.compare`.
    """
    __tracebackhide__ = True
    if isinstance(loss, str):
        if torch_loss is not None:
            raise InputError(f"loss {loss!r} names PyTorch's loss, too; leave out torch_loss")
        loss, torch_loss = _losses(loss, options.get("apply"), options.get("state") is not None)
    given = {"loss": loss, "torch_loss": torch_loss, **options}
    found = compare(torch_model, jax_model, batch, steps=steps, **given)
    if report is not None:
        told.write_html(report, found, type(torch_model).__name__)
    if not found.agree:
        raise AssertionError(_message(torch_model, jax_model, batch, found, given))
    return found


def _losses(name: str, apply: Any, has_state: bool) -> tuple[Any, Any]:
    """The loss of that name, of either side."""
    from torch.nn import functional

    from jaxdl import losses

    ours, theirs = getattr(losses, name, None), getattr(functional, name, None)
    if name not in losses.__all__ or ours is None or theirs is None:
        raise InputError(
            f"{name!r} is no loss that both torch.nn.functional and jaxdl.losses have; "
            "give loss and torch_loss as functions"
        )
    call: Any = apply or (lambda net, x: net(x))

    def loss(params: Any, batch: Any) -> Any:
        return ours(call(params, batch[0]), batch[1])

    def loss_with_state(params: Any, state: Any, batch: Any) -> Any:
        output, state = call(params, state, batch[0])
        return ours(output, batch[1]), state

    def torch_loss(model: Any, batch: Any) -> Any:
        return theirs(model(batch[0]), batch[1])

    return loss_with_state if has_state else loss, torch_loss


def _message(model: Any, params: Any, batch: Any, found: Comparison, given: dict[str, Any]) -> str:
    """What differs, and the doctor's word on it."""
    lines = [f"{type(model).__name__} and its port differ", *told.lines(found)]
    known = {key: value for key, value in given.items() if key not in ONLY_COMPARED}
    try:
        diagnosis = diagnose(model, params, batch, **known)
    except Exception as error:  # the comparison stands without it
        return "\n".join([*lines, f"no diagnosis: {error}"])
    if diagnosis.healthy:
        lines.append(
            f"in float64 no difference is found: it is what {found.precision} makes of rounding, "
            "or a cast that float64 does without"
        )
    else:
        lines.append(str(diagnosis))
    return "\n".join(lines)
