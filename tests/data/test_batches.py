import jax
import numpy as np
import pytest

from jaxdl.data.batches import batches, epoch_order


def test_an_epoch_visits_each_example_once_in_an_order_the_key_decides():
    order = epoch_order(jax.random.key(0), 100)
    assert sorted(order.tolist()) == list(range(100))
    assert order.tolist() != list(range(100))
    assert order.tolist() == epoch_order(jax.random.key(0), 100).tolist()
    assert order.tolist() != epoch_order(jax.random.key(1), 100).tolist()


@pytest.mark.parametrize(
    ("n", "size", "drop_last", "sizes"),
    [
        (10, 4, False, [4, 4, 2]),
        (10, 4, True, [4, 4]),
        (8, 4, False, [4, 4]),
        (8, 4, True, [4, 4]),
        (3, 4, False, [3]),
        (3, 4, True, []),
        (1000, 10, False, [10] * 100),  # ten in a batch: a hundred batches
    ],
)
def test_batches_cut_the_order(n, size, drop_last, sizes):
    order = epoch_order(jax.random.key(0), n)
    pieces = list(batches(order, size, drop_last))
    assert [len(piece) for piece in pieces] == sizes
    together = np.concatenate([*pieces, np.zeros(0, int)])
    np.testing.assert_array_equal(together, order[: sum(sizes)])
