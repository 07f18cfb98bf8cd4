"""The losses by hand, at their kinks and ends; what they refuse; where Optax's differ."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxdl import losses

INF = float("inf")


def test_means_by_hand():
    x, y = jnp.array([1.0, 5.0]), jnp.array([0.0, 2.0])
    assert losses.l1_loss(x, y) == 2
    assert losses.mse_loss(x, y) == 5
    assert losses.mse_loss(x, y, weight=jnp.array([3.0, 1.0])) == 3  # (3·1 + 1·9) / 4
    assert losses.smooth_l1_loss(x, y, beta=2.0, reduction="sum") == 0.25 + 2
    assert losses.huber_loss(x, y, delta=2.0, reduction="sum") == 0.5 + 4
    assert losses.hinge_embedding_loss(x, jnp.array([-1.0, 1.0]), margin=3.0) == (2 + 5) / 2
    assert losses.margin_ranking_loss(x, y, jnp.array([-1.0, 1.0]), margin=1.0) == 1
    assert losses.multi_margin_loss(jnp.array([[1.0, 2.0, 0.5]]), jnp.array([0])) == 2.5 / 3
    even = jnp.zeros((2, 4))
    np.testing.assert_allclose(losses.cross_entropy(even, jnp.array([0, 3])), np.log(4), rtol=1e-6)
    np.testing.assert_allclose(
        losses.binary_cross_entropy_with_logits(even, even), np.log(2), rtol=1e-6
    )


def test_slopes_at_ties_and_kinks_are_torchs():
    zero, one = jnp.zeros(()), jnp.ones(())
    assert jax.grad(losses.l1_loss)(zero, zero) == 0  # of jnp.abs: 1
    assert jax.grad(losses.smooth_l1_loss)(one, zero) == 1
    assert jax.grad(losses.margin_ranking_loss)(zero, zero, one) == -1  # of jnp.maximum: -1/2
    vectors = jnp.ones((3, 2))
    slope = jax.grad(lambda x: losses.triplet_margin_loss(x, vectors, vectors + 1, eps=0.0))(
        vectors
    )
    assert np.isfinite(slope).all()  # the root of 0


def test_the_mean_of_nothing_is_nan_and_moves_nothing():
    logits = jnp.ones((2, 3))
    value, slope = jax.value_and_grad(losses.cross_entropy)(logits, jnp.full(2, -100))
    assert np.isnan(value)
    assert not slope.any()
    assert np.isnan(losses.l1_loss(jnp.ones(0), jnp.ones(0)))


def test_the_logarithm_ends_and_its_slope_does_not():
    """Trap 22; and no nan by the target, which nobody asked for."""
    value, slope = jax.value_and_grad(losses.binary_cross_entropy)(jnp.zeros(()), jnp.ones(()))
    assert value == 100
    np.testing.assert_allclose(slope, -1e12, rtol=1e-6)


def test_what_torch_finds_out_of_range_is_nan():
    logits = jnp.zeros((2, 3))
    for bad in (3, -1):
        target = jnp.array([bad, 0])
        value, slope = jax.value_and_grad(losses.cross_entropy)(logits, target)
        assert np.isnan(value)
        assert np.isnan(slope[0]).all()
        assert np.isnan(losses.multi_margin_loss(logits, target))
    assert np.isnan(losses.multilabel_margin_loss(logits, jnp.full((2, 3), 3)))
    assert np.isnan(losses.gaussian_nll_loss(logits, logits, jnp.full((2, 3), -1.0)))
    log_p, target = jnp.zeros((4, 1, 3)), jnp.array([[1, 2]])
    assert np.isnan(losses.ctc_loss(log_p, target, [5], [2]))
    assert np.isnan(losses.ctc_loss(log_p, target, [4], [3]))
    assert np.isnan(losses.ctc_loss(log_p, target + 1, [4], [2]))
    assert np.isnan(losses.ctc_loss(log_p, target[0], [4], [1]))  # one more than the lengths say


def test_ctc_counts_the_alignments():
    """Two steps, two classes and the blank, all alike: "1" is spelled 11, 1_, _1."""
    log_p = jnp.full((2, 1, 3), -np.log(3.0))
    for targets in (jnp.array([[1]]), jnp.array([1])):
        loss = losses.ctc_loss(log_p, targets, [2], [1], reduction="sum")
        np.testing.assert_allclose(loss, -np.log(3 / 9), rtol=1e-6)
    twice = jnp.array([[1, 1]])  # needs a blank between, three steps
    value, slope = jax.value_and_grad(losses.ctc_loss)(log_p, twice, [2], [2])
    assert value == INF
    assert np.isnan(slope).all()
    zeroed = jax.value_and_grad(lambda x: losses.ctc_loss(x, twice, [2], [2], zero_infinity=True))
    value, slope = zeroed(log_p)
    assert value == 0
    assert not slope.any()


def test_ctc_is_differentiated_forward_and_twice():
    log_p = jax.nn.log_softmax(jax.random.normal(jax.random.key(0), (4, 1, 3)))

    def loss(x):
        return losses.ctc_loss(x, jnp.array([[1, 2]]), [4], [2])

    slope = jax.grad(loss)(log_p)
    np.testing.assert_allclose(jax.jacfwd(loss)(log_p), slope, rtol=1e-4, atol=1e-6)
    assert np.isfinite(jax.jacfwd(jax.grad(loss))(log_p)).all()


REFUSED = [
    ("cross_entropy", ((2, 3), (3,)), {}, "(3,)"),
    ("cross_entropy", ((2, 3), (2,)), {"label_smoothing": 1.5}, "1.5"),
    ("cross_entropy", ((2, 3), (2,)), {"reduction": "avg"}, "'avg'"),
    ("cross_entropy", ((2, 3), (2,)), {"weight": np.ones(2)}, "(2,)"),
    ("nll_loss", ((2, 3), (2, 3)), {}, "(2, 3)"),
    ("multi_margin_loss", ((2, 3), (2,)), {"p": 3}, "3"),
    ("multilabel_margin_loss", ((2, 3), (3,)), {}, "(3,)"),
    ("ctc_loss", ((4, 2, 3), (2, 2), (2,), (2,)), {"blank": 3}, "3"),
    ("ctc_loss", ((4, 2, 3), (2, 2), (3,), (2,)), {}, "(3,)"),
]
REFUSED_OF_NUMBERS = [
    ("l1_loss", ((2,), (2,)), {"reduction": "batchmean"}, "'batchmean'"),
    ("mse_loss", ((2,), (2,)), {"weight": np.ones(3)}, "(3,)"),
    ("smooth_l1_loss", ((2,), (2,)), {"beta": -1.0}, "-1.0"),
    ("huber_loss", ((2,), (2,)), {"delta": 0.0}, "0.0"),
    ("kl_div", ((2,), (3,)), {}, "(3,)"),
    ("gaussian_nll_loss", ((2, 3), (2, 3), (3,)), {}, "(3,)"),
    ("binary_cross_entropy", ((2, 1), (2,)), {}, "(2,)"),
    ("binary_cross_entropy_with_logits", ((2,), (2,)), {"pos_weight": np.ones(3)}, "(3,)"),
    ("cross_entropy", ((2, 3), (2,)), {}, "float32"),
    ("cross_entropy", ((2, 3), (2, 3)), {"ignore_index": 1}, "1"),
    ("linear_cross_entropy", ((2, 3), (5, 4), (2,)), {}, "(5, 4)"),
    ("margin_ranking_loss", ((2,), (2,), (2, 1)), {}, "(2, 1)"),
    ("cosine_embedding_loss", ((2, 3), (2, 3), (2, 1)), {}, "(2, 1)"),
    ("triplet_margin_loss", ((2, 3),) * 3, {"margin": 0.0}, "0.0"),
    ("triplet_margin_loss", ((2, 3),) * 3, {"p": -1.0}, "-1.0"),
]


@pytest.mark.parametrize(
    ("name", "shapes", "options", "told", "rest"),
    [(*case, int) for case in REFUSED] + [(*case, float) for case in REFUSED_OF_NUMBERS],
)
def test_what_is_refused_is_told_in_one_line(name, shapes, options, told, rest):
    arrays = [jnp.ones(shapes[0]), *(jnp.ones(shape, rest) for shape in shapes[1:])]
    with pytest.raises(ValueError, match=re.escape(told)) as error:
        getattr(losses, name)(*arrays, **options)
    assert "\n" not in str(error.value)


def test_integers_are_no_predictions():
    with pytest.raises(ValueError, match="input must be floating-point numbers, got int32"):
        losses.mse_loss(jnp.ones(2, int), jnp.ones(2))


def test_stretched_targets_are_warned_of():
    """The (N, 1) against (N,) that PyTorch lets through with a warning, too."""
    with pytest.warns(UserWarning, match=r"target \(3,\) is broadcast with input \(3, 1\)"):
        assert losses.mse_loss(jnp.zeros((3, 1)), jnp.arange(3.0)) == 5 / 3


def test_where_optax_differs():
    """What the docstrings say of Optax's functions."""
    x, y = jnp.array([0.25, -3.0, 1.5]), jnp.array([1.0, 0.0, 1.0])
    near = {"rtol": 1e-5, "atol": 1e-6}

    def ours(name, *arrays, **options):
        return getattr(losses, name)(*arrays, reduction="none", **options)

    def same(a, b):
        np.testing.assert_allclose(a, b, **near)

    same(optax.l2_loss(x, y), ours("mse_loss", x, y) / 2)
    same(optax.squared_error(x, y), ours("mse_loss", x, y))
    same(optax.huber_loss(x, y, delta=0.5), ours("huber_loss", x, y, delta=0.5))
    same(optax.huber_loss(x, y, delta=0.5), 0.5 * ours("smooth_l1_loss", x, y, beta=0.5))
    binary = optax.sigmoid_binary_cross_entropy
    same(binary(x, y), ours("binary_cross_entropy_with_logits", x, y))
    same(binary(x, y), ours("soft_margin_loss", x, 2 * y - 1))
    same(binary(x, y).mean(), ours("multilabel_soft_margin_loss", x, y))
    assert np.isfinite(binary(jnp.array(-1e3), jnp.array(1.0)))
    assert np.isinf(losses.soft_margin_loss(jnp.array(-1e3), jnp.array(1.0)))
    logits, label = x[None], jnp.array([2])
    same(
        optax.softmax_cross_entropy_with_integer_labels(logits, label),
        ours("cross_entropy", logits, label),
    )
    same(optax.softmax_cross_entropy(logits, y[None]), ours("cross_entropy", logits, y[None]))
    p = jax.nn.softmax(y)
    same(
        optax.kl_divergence(jax.nn.log_softmax(x), p),
        ours("kl_div", jax.nn.log_softmax(x), p).sum(),
    )
    same(optax.hinge_loss(x, 2 * y - 1), jnp.maximum(0, 1 - (2 * y - 1) * x))
    same(optax.losses.multiclass_hinge_loss(x, 1), jnp.array(5.5))
    same(ours("multi_margin_loss", x, jnp.array(1)), (4.25 + 5.5) / 3)
    one = jnp.array(1)
    same(optax.cosine_distance(x, y), ours("cosine_embedding_loss", x, y, one))
    # Optax's 1e-5 for the probability 0: a cost of about 1e5 where there is no alignment.
    impossible = optax.ctc_loss(
        jnp.zeros((1, 2, 3)), jnp.zeros((1, 2)), jnp.array([[1, 1]]), jnp.zeros((1, 2))
    )
    assert 9e4 < impossible[0] < 1.1e5


def test_triplets_of_optax():
    a, p, n = (jnp.array([v]) for v in ([0.0, 1.0], [0.5, 1.0], [0.0, 1.25]))
    ours = losses.triplet_margin_loss(a, p, n, eps=0.25, reduction="none")
    theirs = optax.losses.triplet_margin_loss(a, p, n, eps=0.25)
    np.testing.assert_allclose(theirs, 1 + 0.5**0.5 - (0.25**2 + 0.25) ** 0.5, rtol=1e-6)
    np.testing.assert_allclose(ours, 1 + (0.25**2 + 0.25**2) ** 0.5 - 0.25, rtol=1e-6)
