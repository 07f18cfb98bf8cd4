"""The fast recurrence against one plain `jax.lax.scan`: values and every derivative, in float64."""

from functools import partial
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxdl import nn, ops
from jaxdl.ops import packing
from tests.pairs import missing, pairs
from tests.soak import whole_or

INPUT, HIDDEN = 3, 2
KINDS = {
    "tanh": (nn.RNN, {"nonlinearity": "tanh"}),
    "relu": (nn.RNN, {"nonlinearity": "relu"}),
    "gru": (nn.GRU, {}),
    "lstm": (nn.LSTM, {}),
}
# (seq, batch, whether there are lengths): no second step, no second sequence; groups that are full
# and one that is not; rows for more than one chunk of the large products. Lengths are data: each
# shape has some steps, all and none.
SHAPES = [(1, 1, True), (4, 1, True), (5, 4, True), (9, 70, True), (5, 64, True), (5, 4, False)]
CASES = list(KINDS), [True, False], [False, True], SHAPES  # kind, bias, looked up
# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}
every_kind = pytest.mark.parametrize("kind", KINDS)
cases = whole_or(pairs(*CASES), list(product(*CASES)))


def close(found, wanted, tolerance=1e-12):
    jax.tree.map(partial(np.testing.assert_allclose, rtol=0, atol=tolerance), found, wanted)


def make(kind, seq, batch, dtype="float64", bias=True, looked_up=False, num_layers=1, two=True):
    """A function of (params, x or the table, state), its arguments, and lengths."""
    random = np.random.default_rng(seq * batch)
    draw = lambda *shape: jnp.asarray(random.normal(size=shape), dtype)  # noqa: E731
    layer, options = KINDS[kind]
    apply = partial(getattr(nn, layer.__name__.lower()), **options)
    module = layer(INPUT, HIDDEN, num_layers, bidirectional=two, rngs=nnx.Rngs(0), use_bias=bias)
    params = jax.tree.map(lambda leaf: draw(*leaf.shape), nnx.to_pure_dict(nnx.split(module)[1]))
    h, c = (draw((1 + two) * num_layers, batch, HIDDEN) for _ in range(2))
    state = (h, c) if kind == "lstm" else h
    lengths = jnp.asarray(random.integers(0, seq + 1, batch))  # traced: 0 is allowed
    if not looked_up:
        return lambda p, x, s, lengths: apply(p, x, s, lengths=lengths), (
            params,
            draw(seq, batch, INPUT),
            state,
            lengths,
        )
    numbers = jnp.asarray(random.integers(0, 4, (seq, batch)), "uint8")
    call = lambda p, t, s, lengths: apply(p, numbers, s, lengths=lengths, embedding=t)  # noqa: E731
    return call, (params, draw(4, INPUT), state, lengths)


def scalar(call):
    """All that comes out, each number with a factor of its own."""

    def loss(params, x, state, lengths):
        leaves = jax.tree.leaves(call(params, x, state, lengths))
        return sum(jnp.sum(leaf * weights(leaf)) for leaf in leaves)

    return loss


def weights(leaf):
    return jnp.sin(jnp.arange(leaf.size, dtype=leaf.dtype)).reshape(leaf.shape)


def fast_and_plain(function):
    """Both in one program."""

    @partial(jax.jit, compiler_options=QUICK)
    def both(*args):
        fast = function(*args)
        with ops.xla():
            return fast, function(*args)

    return both


def test_any_two_values_meet():
    assert missing(cases, *CASES) == []


@pytest.mark.parametrize(("kind", "bias", "looked_up", "shape"), cases)
def test_values_and_gradients_are_the_plain_scans(kind, bias, looked_up, shape):
    seq, batch, padded = shape
    with jax.enable_x64(True):
        call, (*args, some) = make(kind, seq, batch, bias=bias, looked_up=looked_up)
        run = fast_and_plain(jax.value_and_grad(scalar(call), (0, 1, 2)))
        for lengths in (some, some * 0 + seq, some * 0) if padded else [None]:
            found, wanted = run(*args, lengths)
            largest = max(float(np.max(np.abs(leaf))) for leaf in jax.tree.leaves(wanted))
            close(found, wanted, 1e-12 * max(1, largest))


def test_what_is_compared_are_two_programs():
    """Padding is not computed, and in the loop there is no product with the input."""
    call, args = make("gru", 5, 4, "float32")
    fast = jax.make_jaxpr(call)(*args)
    with ops.xla():
        plain = jax.make_jaxpr(call)(*args)
    assert "while" in str(fast)
    assert "while" not in str(plain)


SECOND = {
    "forward over reverse": jax.hessian,
    "reverse over forward": lambda f: jax.jacrev(jax.jacfwd(f)),
    "reverse over reverse": lambda f: jax.jacrev(jax.grad(f)),
}
# A GRU has a gate apart and a bias in it, an LSTM two states; a plain RNN has neither. The second
# direction is the first one's program over again.
SECOND_OF = [("gru", False, [*SECOND][:2]), ("lstm", False, [*SECOND][:1])]
ALL_SECOND = [(kind, two, [*SECOND]) for kind in KINDS for two in (False, True)]


@pytest.mark.parametrize(("kind", "two", "ways"), ALL_SECOND if whole_or(0, 1) else SECOND_OF)
def test_every_derivative_of_the_derivative(kind, two, ways):
    """By x; of a batch and in a batch; by the parameters, reverse over reverse."""
    with jax.enable_x64(True):
        call, (params, x, state, _) = make(kind, 3, 2, two=two)
        lengths = np.array([3, 1])
        loss = scalar(call)
        value = lambda x: loss(params, x, state, lengths)  # noqa: E731
        by_params = lambda p: jnp.sum(jax.grad(loss, 1)(p, x, state, lengths) ** 2)  # noqa: E731

        @partial(jax.jit, compiler_options=QUICK)
        def fast(params, x, rows):
            slopes = jax.vmap(jax.grad(value)), jax.grad(lambda r: jnp.sum(jax.vmap(value)(r)))
            return (
                [SECOND[way](value)(x) for way in ways],
                [slope(rows) for slope in slopes],
                jax.grad(by_params)(params),
            )

        @partial(jax.jit, compiler_options=QUICK)
        def plain(params, x, rows):
            with ops.xla():
                slopes = jax.vmap(jax.grad(value))(rows)
                return jax.hessian(value)(x), slopes, jax.grad(by_params)(params)

        args = params, x, jnp.stack([x, 2 * x])
        for found, wanted in zip(fast(*args)[:2], plain(*args)[:2], strict=True):
            for one in found:
                close(one, wanted, 1e-11)
        close(fast(*args)[2], plain(*args)[2], 1e-10)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("bfloat16", 0.1)])
@every_kind
def test_other_precisions(kind, dtype, tolerance):
    call, args = make(kind, 5, 4, dtype, num_layers=2)
    for leaves in zip(*map(jax.tree.leaves, fast_and_plain(call)(*args)), strict=True):
        assert {leaf.dtype for leaf in leaves} == {jnp.dtype(dtype)}
        close(*(leaf.astype("float32") for leaf in leaves), tolerance)


def test_precisions_that_differ_are_left_to_the_plain_scan():
    call, (params, x, state, lengths) = make("gru", 5, 4, "float32")
    with jax.numpy_dtype_promotion("standard"):
        output, _ = call(params, x.astype("bfloat16"), state, lengths)
    assert output.dtype == jnp.float32


@pytest.mark.parametrize("batch", [1, 31, 32, 33, 70])
def test_a_packing_holds_every_real_step_once(batch):
    seq = 7
    lengths = np.random.default_rng(batch).integers(0, seq + 1, batch)
    x = jnp.arange(seq * batch * 2.0).reshape(seq, batch, 2)

    @partial(jax.jit, compiler_options=QUICK)
    def there_and_back(x, lengths):
        packed = packing.packing(lengths, seq)
        return packed, packing.unpack(packing.pack(x, packed), packed, batch)

    packed, back = there_and_back(x, lengths)
    real = np.arange(seq)[:, None] < lengths
    cells, packed = np.arange(seq * batch).reshape(seq, batch), jax.tree.map(np.asarray, packed)
    assert sorted(packed.there[packed.there < seq * batch]) == sorted(cells[real])
    np.testing.assert_array_equal(packed.there[packed.back[real]], cells[real])
    assert np.all(packed.back[~real] == len(packed.there))
    # As many rows as the groups' longest have steps, and no more.
    size = min(packing.GROUP, batch)
    longest = np.sort(lengths)[::-1][::size]
    assert np.max(packed.back[real], initial=-1) < size * np.sum(longest)
    np.testing.assert_array_equal(back, np.where(real[..., None], x, 0))


def test_a_number_without_a_vector_gives_nan():
    """As `jaxdl.nn.Embedding` does; in the padding it reaches nothing."""
    _, (params, *_) = make("gru", 1, 1, "float32")
    table = jnp.ones((4, INPUT))
    numbers = jnp.array([[1, 9], [2, 9]])
    state = jnp.zeros((2, 2, HIDDEN))
    run = lambda table: nn.gru(params, numbers, state, embedding=table)[0]  # noqa: E731
    output, plain = fast_and_plain(run)(table)
    np.testing.assert_array_equal(np.isnan(output), np.isnan(plain))
    assert np.all(np.isnan(output[:, 1]))
    assert not np.any(np.isnan(output[:, 0]))
    total = lambda table: jnp.sum(nn.gru(params, numbers[:, :1], embedding=table)[0])  # noqa: E731
    slope = jax.jit(jax.grad(total), compiler_options=QUICK)(table)
    np.testing.assert_array_equal(np.any(slope != 0, axis=1), [False, True, True, False])
