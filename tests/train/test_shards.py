"""A state in pieces: saved by as many devices as there are, read by any other number."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

from jaxdl.errors import InputError
from jaxdl.train import load_shards, save_shards

TREE = {"a": np.arange(24.0, dtype=np.float32).reshape(4, 6), "b": {"n": np.int32(7)}}
ROWS, COLUMNS = {"a": P("x"), "b": {"n": P()}}, {"a": P(None, "x"), "b": {"n": P()}}


def placed(specs, count):
    mesh = jax.make_mesh((count,), ("x",), devices=jax.devices()[:count])
    return jax.tree.map(lambda spec: NamedSharding(mesh, spec), specs)


@pytest.mark.parametrize(("specs", "count"), [(ROWS, 1), (ROWS, 2), (COLUMNS, 2)])
def test_read_however_it_was_cut(tmp_path, specs, count):
    save_shards(tmp_path / "1", jax.device_put(TREE, placed(ROWS, 2)))
    shardings = placed(specs, count)
    found = load_shards(tmp_path / "1", TREE, shardings)
    jax.tree.map(np.testing.assert_array_equal, found, TREE)
    assert jax.tree.map(lambda leaf: leaf.sharding, found) == shardings
    assert found["b"]["n"].dtype == jnp.int32


def test_what_is_missing_is_said(tmp_path):
    save_shards(tmp_path, {"a": jax.device_put(TREE["a"], placed(ROWS, 2)["a"])})
    with pytest.raises(InputError, match=r"has 0 of 1 numbers of b\.n"):
        load_shards(tmp_path, TREE, placed(ROWS, 2))
    (tmp_path / "process-0-of-1.safetensors").rename(tmp_path / "process-0-of-2.safetensors")
    with pytest.raises(InputError, match="has 1 files of 2 processes"):
        load_shards(tmp_path, TREE, placed(ROWS, 2))
    with pytest.raises(InputError, match="has 0 files of no processes"):
        load_shards(tmp_path / "elsewhere", TREE, placed(ROWS, 2))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (np.zeros((3, 6), np.float32), r"has a of shape \(4, 6\), not \(3, 6\)"),
        (np.zeros((4, 6), np.int32), "has a in float32, not int32"),
    ],
)
def test_another_state_is_not_taken_for_this_one(tmp_path, other, told):
    save_shards(str(tmp_path), jax.device_put(TREE, placed(ROWS, 2)))
    with pytest.raises(InputError, match=told):
        load_shards(str(tmp_path), TREE | {"a": other}, placed(ROWS, 1))


@pytest.mark.parametrize("size", [0, 5, 100])
def test_a_damaged_file(tmp_path, size):
    save_shards(tmp_path, jax.device_put(TREE, placed(ROWS, 2)))
    file = tmp_path / "process-0-of-1.safetensors"
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(InputError, match="is damaged"):
        load_shards(tmp_path, TREE, placed(ROWS, 2))
