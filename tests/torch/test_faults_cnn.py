"""A few faults of convolutional nets: what is solved for is told, and of what is sound nothing."""

import jax
import pytest

from benchmarks.faults import cnn, decoder, image, mlp_norms, sound_cnn
from jaxdl.parity import diagnose
from tests.soak import whole_or

SHORT = [
    (cnn.pair("X3"), "leaky_relu", "slope 0.25"),
    (mlp_norms.pair("eps"), "layer_norm of layer", "epsilon is 0.007, not 0.0001"),
    (mlp_norms.pair("T65"), "batch.running_mean", "is 0.99, not 0.7"),
]
LONG = [
    (decoder.pair("C3f"), "conv_transpose2d of up1", "the kernel is not flipped"),
    (image.pair("I3a"), "interpolate", "the cubic kernel's constant is -0.6"),
]


@pytest.mark.parametrize(("pair", "place", "cause"), whole_or(SHORT, [*SHORT, *LONG]))
def test_the_number_in_a_call_is_solved_for(pair, place, cause):
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        found = diagnose(**pair)
    assert found.place == place
    assert cause in found.cause
    assert found.certain


def test_what_a_port_rounds_to_float32_is_no_fault():
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        assert diagnose(**sound_cnn.pair({"gelu": sound_cnn.narrow})).healthy
