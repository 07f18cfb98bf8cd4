"""An epoch whose batches several devices share."""

from functools import partial

import jax
import numpy as np
import pytest

from jaxdl.train import devices, epoch_order, replicated, scan_epoch, sharded_epoch, shared_step
from tests.train import runs

DEVICES = tuple(jax.devices())
WHOLE = runs.EXAMPLES - runs.EXAMPLES % 10


step_on_a_share = shared_step(runs.loss_fn, runs.OPTIMIZER)


@pytest.mark.parametrize("large", [1, devices.LARGE], ids=["each-leaf-alone", "leaves-as-one"])
def test_devices_that_share_a_batch_compute_what_one_does(monkeypatch, large):
    monkeypatch.setattr(devices, "LARGE", large)
    step = partial(step_on_a_share)  # another object, traced anew
    with jax.enable_x64(True):
        order = epoch_order(jax.random.key(3), 0, runs.EXAMPLES)[:WHOLE]
        data, state = replicated((runs.examples("float64"), runs.initial_state("float64")), DEVICES)
        shared, losses = sharded_epoch(step, state, data, order, 10, DEVICES)
        alone, expected = scan_epoch(
            runs.train_step, runs.initial_state("float64"), runs.examples("float64"), order, 10
        )
        assert len(DEVICES) == 2
        assert losses.sharding.device_set == set(DEVICES)
        np.testing.assert_allclose(losses, expected, rtol=1e-12)
        jax.tree.map(
            lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-11), shared.params, alone.params
        )


@pytest.mark.parametrize(("count", "batch_size"), [(WHOLE, 5), (WHOLE - 1, 10)])
def test_what_cannot_be_shared_is_refused(count, batch_size):
    order = np.arange(count)
    with pytest.raises(ValueError, match="not whole batches that 2 devices can share"):
        sharded_epoch(
            step_on_a_share, runs.initial_state(), runs.examples(), order, batch_size, DEVICES
        )
