"""Programs for eight devices, whose number is fixed when JAX starts: `answers.py` runs them.

JAX_NUM_CPU_DEVICES=8 python -m lessons.l20_many_devices.eight by_rows
"""

import sys
from functools import partial

import jax
import jax.numpy as jnp
from jax.sharding import AxisType, NamedSharding
from jax.sharding import PartitionSpec as P

from jaxdl.train import collectives
from lessons.l20_many_devices import Config, functional, net

WIDTH, LETTERS, N, LENGTH = 16, 128, 8, 32


def mesh(axis):
    return jax.make_mesh((8,), (axis,), axis_types=(AxisType.Auto,))


def told(name, function, *inputs, shardings):
    """Compile for shapes, and print what travels."""
    shapes = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in inputs]
    compiled = jax.jit(function, in_shardings=shardings).lower(*shapes).compile()
    found = collectives(compiled)
    print(f"{name}:", *(f"{each.kind} {each.bytes:,} bytes × {each.times}" for each in found))
    return compiled


def by_rows():
    """Look letters up, and read logits off, with a table whose rows are shared out."""
    here = mesh("model")
    rows, whole = NamedSharding(here, P("model", None)), NamedSharding(here, P())
    table, stream = ((LETTERS, WIDTH), "float32"), ((N, LENGTH, WIDTH), "float32")
    codes = ((N, LENGTH), "int32")
    told("embedding[x]", lambda t, x: t[x], table, codes, shardings=(rows, whole))
    told("logits", lambda t, s: s @ t.T, table, stream, shardings=(rows, whole))

    def loss(t, s, y):
        return net.cross_entropy(s @ t.T, y)

    told("logits and loss", loss, table, stream, codes, shardings=(rows, whole, whole))


def again():
    """fsdp's gradient, each block's numbers gathered once, and gathered again on the way back."""
    here = mesh("data")
    config = Config(layers=2, heads=2, width=32, strategy="fsdp").compiled
    whole, rows = NamedSharding(here, P()), NamedSharding(here, P("data"))
    gather = lambda part: jax.lax.with_sharding_constraint(part, whole)  # noqa: E731

    def loss(keep, params, batch):
        def block(x, each):
            return net.block(gather(each), x, config.heads), None

        x, y = batch
        ends = gather({name: params[name] for name in ("letters", "places", "norm")})
        through = block if keep else jax.checkpoint(block)
        x, _ = jax.lax.scan(through, net.embed(ends, x), params["blocks"])
        return net.cross_entropy(net.logits(ends, x), y)

    params = functional.state_shapes(config).params
    codes = jax.ShapeDtypeStruct((config.batch_size, config.context), "int32")
    cut = functional.strategies.of_state("fsdp", here, params)
    for name, keep in (("kept", True), ("gathered again", False)):
        gradient = jax.jit(
            jax.grad(partial(loss, keep)), in_shardings=(cut, (rows, rows)), out_shardings=cut
        )
        compiled = gradient.lower(params, (codes, codes)).compile()
        sent = {}
        for each in collectives(compiled):
            sent[each.kind] = sent.get(each.kind, 0) + each.bytes * each.times
        temporary = compiled.memory_analysis().temp_size_in_bytes
        print(f"{name:15}", sent, f"temporary {temporary:,} bytes")


def fsdp():
    """All-gather in shard_map, and what its transpose is."""
    here = mesh("data")

    @partial(jax.shard_map, mesh=here, in_specs=(P("data"), P("data")), out_specs=P("data"))
    def gradient(own, x):
        def loss(own):
            whole = jax.lax.all_gather(own, "data", tiled=True)
            return jnp.sum((x @ whole) ** 2)

        return jax.grad(loss)(own)

    cut = NamedSharding(here, P("data"))
    matrix, x = ((64, WIDTH), "float32"), ((N, 64), "float32")
    shapes = [jax.ShapeDtypeStruct(*each) for each in (matrix, x)]
    names = {str(each.primitive) for each in primitives(jax.make_jaxpr(gradient)(*shapes).jaxpr)}
    print("in the program:", *sorted(names & {"all_gather", "reduce_scatter", "psum"}))
    told("compiled", gradient, matrix, x, shardings=(cut, cut))


def primitives(jaxpr):
    for equation in jaxpr.eqns:
        yield equation
        for part in equation.params.values():
            if hasattr(part, "jaxpr"):
                yield from primitives(part.jaxpr)
            elif hasattr(part, "eqns"):
                yield from primitives(part)


def tied():
    """The gradient of a table with two uses: by jit, and by hand, summed before it travels."""
    here = mesh("data")
    whole, rows = NamedSharding(here, P()), NamedSharding(here, P("data"))

    def loss(t, x):
        return net.cross_entropy(t[x] @ t.T, x)

    @partial(jax.shard_map, mesh=here, in_specs=(P(), P("data")), out_specs=P(), check_vma=False)
    def by_hand(t, x):
        return jax.lax.pmean(jax.grad(loss)(t, x), "data")

    table, codes = ((LETTERS, WIDTH), "float32"), ((N, LENGTH), "int32")
    print(f"the table: {4 * LETTERS * WIDTH:,} bytes")
    for name, gradient in (("jit", jax.grad(loss)), ("by hand", by_hand)):
        told(name, gradient, table, codes, shardings=(whole, rows))


if __name__ == "__main__":
    {"by_rows": by_rows, "again": again, "fsdp": fsdp, "tied": tied}[sys.argv[1]]()
