"""What the other strategies leave to the compiler, written out: the program of one device.

Inside `jax.shard_map` an array is the device's own piece, and nothing travels that one does not
send.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax.sharding import PartitionSpec as P

from lessons.l20_many_devices import net


def mean_over(mesh, loss):
    """Data parallel: loss and gradient of the device's share of a batch, then the mean of all's."""

    @partial(jax.shard_map, mesh=mesh, in_specs=(P(), P("data")), out_specs=P(), check_vma=False)
    def value_and_grad(params, batch):
        found = jax.value_and_grad(loss)(params, batch)  # of the share
        return jax.lax.pmean(found, "data")  # the one thing that travels

    return value_and_grad


def pipelined(mesh, config):
    """The loss, each device having some of the blocks and handing on what it has made of a part.

    time      0    1    2    3    4    5
    stage 0   a    b    c    d    .    .     parts a, b, c, d of a batch
    stage 1   .    a    b    c    d    .
    stage 2   .    .    a    b    c    d     the last one knows the loss
    """
    stages, ends = mesh.shape["stage"], {"letters": P(), "places": P(), "norm": P()}
    onwards = [(i, i + 1) for i in range(stages - 1)]

    @partial(jax.shard_map, mesh=mesh, in_specs=(ends | {"blocks": P("stage")}, P()), out_specs=P())
    def loss(params, batch):
        stage = jax.lax.axis_index("stage")
        x, y = batch
        # Each stage's own copies: their gradients are summed once, at the end, and not in the loop.
        params |= {name: jax.lax.pcast(params[name], "stage", to="varying") for name in ends}
        parts = net.embed(params, x).reshape(config.parts, -1, *x.shape[1:], config.width)

        def tick(came, time):  # came: from the stage before
            enters = parts[jnp.minimum(time, config.parts - 1)]  # after the last, nothing of worth
            made = jnp.where(stage == 0, enters, came)
            made = net.through(params["blocks"], made, config.heads)
            return jax.lax.ppermute(made, "stage", onwards), made

        _, made = jax.lax.scan(
            tick, jnp.zeros_like(parts[0]), jnp.arange(config.parts + stages - 1)
        )
        out = made[stages - 1 :].reshape(*x.shape, config.width)  # of the last stage, all parts
        value = net.cross_entropy(net.logits(params, out), y)
        return jax.lax.psum(jnp.where(stage == stages - 1, value, 0), "stage")

    return loss
