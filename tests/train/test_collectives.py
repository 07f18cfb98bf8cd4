"""What travels between devices, read off a compiled program."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import AxisType
from jax.sharding import PartitionSpec as P

from jaxdl.train import Collective, bytes_by_kind, collectives

MESH = jax.make_mesh((2,), ("x",), (AxisType.Auto,))
SHAPE = jax.ShapeDtypeStruct((4, 3), np.float32)


def compiled(function, out):
    shared = jax.shard_map(function, mesh=MESH, in_specs=P("x"), out_specs=out, check_vma=False)
    return jax.jit(shared).lower(SHAPE).compile()


@pytest.mark.parametrize(
    ("function", "out", "expected"),
    [
        (partial(jax.lax.psum, axis_name="x"), P(), Collective("all-reduce", 1, 24, 1)),
        (
            partial(jax.lax.all_gather, axis_name="x", tiled=True),
            P(),
            Collective("all-gather", 1, 48, 1),
        ),
        (
            partial(jax.lax.ppermute, axis_name="x", perm=[(0, 1)]),
            P("x"),
            Collective("collective-permute", 1, 24, 1),
        ),
    ],
    ids=["all-reduce", "all-gather", "permute"],
)
def test_kind_bytes_and_number(function, out, expected):
    assert collectives(compiled(function, out)) == [expected]


def test_what_a_loop_does_counts_as_often_as_it_runs():
    def looped(x):
        return jax.lax.scan(lambda x, _: (jax.lax.psum(jnp.sin(x), "x"), None), x, length=5)[0]

    assert collectives(compiled(looped, P())) == [Collective("all-reduce", 1, 24, 5)]
    assert bytes_by_kind(compiled(looped, P())) == {"all-reduce": 120}


def test_how_often_an_open_loop_runs_nobody_knows():
    def looped(x):
        again = lambda x: jnp.max(x) < 100  # noqa: E731
        return jax.lax.while_loop(again, lambda x: jax.lax.psum(x, "x"), x)

    with pytest.raises(ValueError, match="nobody knows how often"):
        collectives(compiled(looped, P()))


def test_dtypes_tuples_and_calls_that_are_begun_and_ended():
    text = """HloModule jit_f
ENTRY %main (a: f32[2]) -> f32[2] {
  %r = (bf16[3,2]{1,0}, pred[5]{0}) all-reduce(%a, %b), to_apply=%sum
  %g = (f32[2]{0}, f32[8]{0}) all-gather-start(%a), dimensions={0}
  %d = f32[8]{0} all-gather-done(%g)
  %s = s32[] all-reduce(%c), to_apply=%sum
}
%sum (x: f32[]) -> f32[] {
  %x = f32[] parameter(0)
}
"""
    assert collectives(text) == [
        Collective("all-reduce", 2, 17, 1),
        Collective("all-gather", 1, 32, 1),
        Collective("all-reduce", 1, 4, 1),
    ]
