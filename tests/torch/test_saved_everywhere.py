"""What every lesson's loss keeps, with and without checkpoints: the frameworks' own counts."""

import weakref
from collections import Counter
from functools import partial

import jax
import pytest
import torch
from jax import lax

# The list behind the public jax.ad_checkpoint.print_saved_residuals, whose text has no numbers.
from jax._src.ad_checkpoint import saved_residuals
from torch.utils.checkpoint import checkpoint

from jaxdl.autograd.saved_jax import saved_jax
from jaxdl.autograd.saved_torch import saved_torch
from tests.soak import whole_or
from tests.torch.lessons_small import SUITE, config_of, programs

POLICIES = {
    "plain": None,
    "nothing": jax.checkpoint_policies.nothing_saveable,
    "dots": jax.checkpoint_policies.dots_saveable,
}


class Box:
    def __init__(self, tensor):
        self.tensor = tensor.detach()


def kept_by_torch(loss, model, batch):
    """Saved tensors that are alive; the bytes of their storages, of parameters, of all others."""
    boxes = []

    def pack(tensor):
        box = Box(tensor)
        boxes.append(weakref.ref(box))
        return box

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda box: box.tensor):
        value = loss(model, batch)
    alive = [box().tensor.untyped_storage() for box in boxes if box() is not None]
    storages = {storage.data_ptr(): storage.nbytes() for storage in alive}
    own = {p.untyped_storage().data_ptr() for p in model.parameters()}
    bytes_of = [n for pointer, n in storages.items() if pointer in own]
    del value
    return len(alive), sum(bytes_of), sum(storages.values()) - sum(bytes_of)


@pytest.mark.parametrize(
    ("lesson", "net"), SUITE, ids=lambda it: it if isinstance(it, str) else it.name
)
def test_saved(lesson, net):
    (loss, model, batch), ours = programs(lesson, config_of(lesson, net), "float32")
    counts = {}
    for name, way in {
        "plain": loss,
        "checkpoint": lambda model, batch: checkpoint(
            lambda *columns: loss(model, columns), *batch, use_reentrant=False
        ),
    }.items():
        found = saved_torch(way, model, batch)
        told = found.tensors, found.parameter_bytes, found.bytes
        assert told == kept_by_torch(way, model, batch)
        counts[name] = found.bytes
    assert counts["checkpoint"] <= sum(column.untyped_storage().nbytes() for column in batch)

    loss, params, batch = ours
    bytes_of = {}
    some = ["plain", ("nothing", "dots")[lesson.number % 2]]
    for name in whole_or(some, list(POLICIES)):
        policy = POLICIES[name]
        # A new function each time: JAX remembers what it traced by the function.
        way = partial(loss) if policy is None else jax.checkpoint(partial(loss), policy=policy)

        def by_params_alone(params, batch, way=way):
            return way(params, jax.tree.map(lax.stop_gradient, batch))

        listed = saved_residuals(by_params_alone, params, batch)
        own = Counter((aval.shape, str(aval.dtype)) for aval, _ in listed)
        found = saved_jax(way, params, batch, compiled=False)
        assert Counter((r.shape, r.dtype) for r in found.residuals) == own, name
        bytes_of[name] = found.bytes("operation")
        assert found.bytes() == sum(aval.size * aval.dtype.itemsize for aval, _ in listed)
    counts = [bytes_of[name] for name in ("nothing", "dots", "plain") if name in bytes_of]
    assert counts == sorted(counts)
