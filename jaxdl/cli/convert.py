"""`jaxdl convert weights.pt yours.py --out params.safetensors`."""

from __future__ import annotations

from typing import Any

import click

from jaxdl.cli.output import PLACE, check_place, writing
from jaxdl.cli.yours import Yours, defined
from jaxdl.errors import InputError
from jaxdl.parity.sides import as_tensors


@click.command("convert")
@click.argument("weights", metavar="WEIGHTS")
@click.argument("file", metavar="FILE.py")
@click.option(
    "--out", type=PLACE, required=True, metavar="PATH", help="A .safetensors file to write."
)
@click.option("--key", default="", help="Where the state_dict is in a file that holds more.")
def command(weights: str, file: str, out: str, key: str) -> int:
    """Carry PyTorch's weights into the JAX model of a file.

    WEIGHTS is a .safetensors file, or one that torch.save wrote of a state_dict. The file defines
    params. With model, batch and, where params are no module, apply, the order of use and the
    outputs decide where names and shapes leave a choice; parameter_map decides all. What is written
    has the leaves' dotted names.
    """
    import numpy as np
    from safetensors.numpy import save_file

    from jaxdl import parity
    from jaxdl.parity.weights import read_weights

    if not out.endswith(".safetensors"):
        raise InputError(f"{out}: the name must end in .safetensors")
    check_place(out)
    yours = defined(file)
    if yours.params is None:
        raise InputError(f"{file} defines no params: the JAX model's, or a flax.nnx.Module")
    state = read_weights(weights, key)
    if yours.parameter_map is not None:
        params, how = yours.parameter_map.to_jax(state, yours.params), {}
    else:
        params, how = _found(state, yours)
    leaves = {
        name: np.ascontiguousarray(leaf) for name, leaf in parity.named_leaves(params).items()
    }
    with writing(out) as part:
        save_file(leaves, part)
    for layer, reason in how.items():
        click.echo(f"{layer or 'the model'}: by {reason}")
    click.echo(f"written: {out}, {len(leaves)} arrays")
    return 0


def _found(state: dict[str, Any], yours: Yours) -> tuple[Any, dict[str, str]]:
    """The JAX model with these weights, and what decided each layer's place."""
    from jaxdl import parity
    from jaxdl.parity.compare_models import first_part

    if yours.model is None or yours.batch is None:
        found = parity.convert(state, yours.params)
        return found.params, found.how
    tensors = {name: as_tensors(array) for name, array in state.items()}
    try:
        yours.model.load_state_dict(tensors)
    except RuntimeError as error:
        told = str(error).replace("\n", " ")
        raise InputError(f"the weights are not those of model: {told}") from error
    inputs = first_part(yours.batch) if yours.inputs is None else yours.inputs
    found = parity.convert(
        yours.model,
        yours.params,
        inputs=inputs,
        apply=yours.apply,
        torch_inputs=yours.torch_inputs
        or (None if yours.torch_batch is None else first_part(yours.torch_batch)),
    )
    return found.params, found.how
