"""Recurrence without PyTorch: padding, directions, errors, modules, transformations."""

import doctest
from functools import partial
from inspect import isfunction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from beartype import BeartypeConf, beartype
from flax import nnx
from jaxtyping import jaxtyped

import jaxdl.nn.modules
from jaxdl import nn
from tests.soak import whole_or

SEQ, BATCH, INPUT, HIDDEN = 6, 4, 3, 2
LENGTHS = np.array([4, 1, 6, 3])
# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}
MODULES = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
CELLS = {"rnn_cell": nn.RNNCell, "gru_cell": nn.GRUCell, "lstm_cell": nn.LSTMCell}
every_kind = pytest.mark.parametrize("kind", MODULES)


def params_of(module):
    return nnx.to_pure_dict(nnx.split(module)[1])


def make(kind, num_layers=2, bidirectional=True, dtype="float32"):
    """The pure function, parameters, and a batch of sequences whose padding is not zero."""
    module = MODULES[kind](
        INPUT, HIDDEN, num_layers, bidirectional=bidirectional, rngs=nnx.Rngs(0), param_dtype=dtype
    )
    x = np.random.default_rng(0).normal(size=(SEQ, BATCH, INPUT)).astype(dtype)
    return getattr(nn, kind), params_of(module), x


def initial(kind, params):
    """An initial state."""
    shape = (2, len(params), BATCH, HIDDEN)
    h, c = np.random.default_rng(1).normal(size=shape).astype(params["l0"]["kernel_hh"].dtype)
    return (h, c) if kind == "lstm" else h


def close(found, wanted, tolerance=1e-6):
    jax.tree.map(partial(np.testing.assert_allclose, rtol=0, atol=tolerance), found, wanted)


def column(tree, i):
    """The i-th sequence's part of outputs or states."""
    return jax.tree.map(lambda leaf: leaf[:, i], tree)


@every_kind
def test_padding_of_nan_reaches_nothing(kind):
    """Each sequence of a padded batch is the sequence alone: values and gradients, in float64."""
    with jax.enable_x64(True):
        # That what one layer leaves in the padding does not reach the next, one kind may show.
        apply, params, x = make(kind, whole_or(2 if kind == "gru" else 1, 2), dtype="float64")
        state = initial(kind, params)
        for i, length in enumerate(LENGTHS):
            x[length:, i] = [np.nan, np.inf, -np.inf]
        factors = np.random.default_rng(2).normal(size=(SEQ, BATCH, 2 * HIDDEN))

        def loss(params, x, state, factors, lengths=None):
            output, last = apply(params, x, state, lengths=lengths)
            return jnp.sum(output * factors) + sum(map(jnp.sum, jax.tree.leaves(last))), (
                output,
                last,
            )

        run = jax.grad(loss, (0, 1, 2), has_aux=True)

        @partial(jax.jit, compiler_options=QUICK)  # at once: five programs would take longer
        def padded_and_alone(params, x, state, factors):
            return run(params, x, state, factors, LENGTHS), [
                run(params, x[:n, i], column(state, i), factors[:n, i])
                for i, n in enumerate(LENGTHS)
            ]

        padded, alone = padded_and_alone(params, x, state, factors)
        (by_params, by_x, by_state), (output, last) = padded
        close(by_params, jax.tree.map(lambda *g: sum(g), *[g for (g, *_), _ in alone]), 1e-12)
        for i, (n, (gradients, values)) in enumerate(zip(LENGTHS, alone, strict=True)):
            close((by_x[:n, i], column(by_state, i)), gradients[1:], 1e-12)
            close((output[:n, i], column(last, i)), values, 1e-12)
            np.testing.assert_array_equal(output[n:, i], 0)
            np.testing.assert_array_equal(by_x[n:, i], 0)


@every_kind
def test_the_reverse_direction_is_a_forward_run_over_the_reversed_real_part(kind):
    apply, params, x = make(kind, num_layers=1)

    @partial(jax.jit, compiler_options=QUICK)
    def both_ways(params, x):
        backward = {"l0": params["l0_reverse"]}
        return apply(params, x, lengths=LENGTHS), [
            apply(backward, x[:n, i][::-1]) for i, n in enumerate(LENGTHS)
        ]

    (output, last), reversed_ones = both_ways(params, x)
    for i, (n, (alone, end)) in enumerate(zip(LENGTHS, reversed_ones, strict=True)):
        close(output[:n, i, HIDDEN:], alone[::-1])
        close(jax.tree.map(lambda leaf: leaf[1:], column(last, i)), end)


@every_kind
def test_lengths_are_data(kind):
    """The order of the batch does not matter, and other lengths do not compile again."""
    apply, params, x = make(kind)
    run = jax.jit(lambda x, n: apply(params, x, lengths=n), compiler_options=QUICK)
    order = np.array([2, 0, 3, 1])
    output, last = run(x, LENGTHS)
    close(run(x[:, order], LENGTHS[order]), column((output, last), order))
    # Traced lengths cannot be refused: 0 is no step at all, more than SEQ is SEQ.
    beyond, _ = run(x, np.array([0, 1, 99, 3]))
    np.testing.assert_array_equal(beyond[:, 0], 0)
    np.testing.assert_array_equal(beyond[:, 1:], output[:, 1:])
    assert run._cache_size() == 1


def cell_params(kind):
    return params_of(MODULES[kind](INPUT, HIDDEN, rngs=nnx.Rngs(0)))


X = np.zeros((SEQ, BATCH, INPUT), np.float32)
ONE = cell_params("gru")
STATE = np.zeros((1, BATCH, HIDDEN), np.float32)
WRONG = {
    "features of x": (
        lambda: nn.gru(ONE, X[..., :2]),
        r"x has shape \(6, 4, 2\), expected \(seq, batch, 3\) or \(seq, 3\)",
    ),
    "axes of x": (
        lambda: nn.gru(ONE, X[None], batch_first=True),
        r"x has shape \(1, 6, 4, 3\), expected \(batch, seq, 3\) or \(seq, 3\)",
    ),
    "no steps": (lambda: nn.gru(ONE, X[:0]), "0 steps"),
    "state": (
        lambda: nn.gru(ONE, X, STATE[0]),
        r"state h has shape \(4, 2\), expected \(1, 4, 2\)",
    ),
    "state of one sequence": (
        lambda: nn.gru(ONE, X[:, 0], STATE),
        r"state h has shape \(1, 4, 2\), expected \(1, 2\)",
    ),
    "state with the batch first": (
        lambda: nn.gru(ONE, X.swapaxes(0, 1), STATE.swapaxes(0, 1), batch_first=True),
        r"state h has shape \(4, 1, 2\), expected \(1, 4, 2\)",
    ),
    "c alone": (
        lambda: nn.lstm(cell_params("lstm"), X, (STATE, STATE[0])),
        r"state c has shape \(4, 2\), expected \(1, 4, 2\)",
    ),
    "h alone": (lambda: nn.lstm(cell_params("lstm"), X, STATE), r"a tuple \(h, c\)"),
    "length 0": (lambda: nn.gru(ONE, X, lengths=np.array([1, 0, 2, 3])), "from 1 to 6, .* got 0"),
    "length above seq": (lambda: nn.gru(ONE, X, lengths=jnp.array([1, 7, 2, 3])), "got 7"),
    "number of lengths": (
        lambda: nn.gru(ONE, X, lengths=np.array([1, 2])),
        r"int64 of shape \(2,\), expected integers of shape \(4,\)",
    ),
    "kind of lengths": (lambda: nn.gru(ONE, X, lengths=np.ones(4)), "float64 of shape"),
    "dropout": (lambda: nn.gru(ONE, X, dropout=1.5), "dropout must be from 0 to 1, got 1.5"),
    "nonlinearity": (lambda: nn.rnn(cell_params("rnn"), X, nonlinearity="sin"), "'tanh' or 'relu'"),
    "another kind's parameters": (
        lambda: nn.lstm(ONE, X),
        r"l0.kernel_ih has shape \(3, 6\), expected \(3, 8\)",
    ),
    "names of layers": (lambda: nn.gru({"l1": ONE["l0"]}, X), "named l0, l1, … .*, got l1"),
    "one reverse missing": (
        lambda: nn.gru({"l0": ONE["l0"], "l0_reverse": ONE["l0"], "l1": ONE["l0"]}, X),
        "l0_reverse, l1_reverse, … *, got l0, l0_reverse, l1",
    ),
    "layers that do not fit": (
        lambda: nn.gru({"l0": ONE["l0"], "l1": ONE["l0"]}, X),
        r"l1 has \(input size, hidden size\) \(3, 2\), expected \(2, 2\)",
    ),
    "names in a cell": (
        lambda: nn.gru_cell({"weight": X}, X[0]),
        r"kernel_ih, kernel_hh .* this one has \['weight'\]",
    ),
    "x of a cell": (lambda: nn.gru_cell(ONE["l0"], X[0, :, :2]), r"expected \(\.\.\., 3\)"),
    "state of a cell": (
        lambda: nn.gru_cell(ONE["l0"], X[0], STATE[0, 0]),
        r"state h has shape \(2,\), expected \(4, 2\)",
    ),
    "numbers that are none": (
        lambda: nn.gru(ONE, X[..., 0], embedding=X[0]),
        r"integers \(seq, batch\) or \(seq,\), got float32 \(6, 4\)",
    ),
    "axes of numbers": (
        lambda: nn.gru(ONE, X.astype(int), embedding=X[0], batch_first=True),
        r"integers \(batch, seq\) or \(seq,\), got int32 \(6, 4, 3\)",
    ),
    "features of an embedding": (
        lambda: nn.gru(ONE, X[..., 0].astype(int), embedding=X[0, :, :2]),
        r"embedding has shape \(4, 2\), expected \(numbers, 3\)",
    ),
    "size of a module": (lambda: nn.GRU(3, 0, rngs=nnx.Rngs(0)), "hidden_features must be"),
    "layers of a module": (lambda: nn.GRU(3, 2, 0, rngs=nnx.Rngs(0)), "num_layers must be"),
    "nonlinearity of a module": (
        lambda: nn.RNN(3, 2, nonlinearity="sin", rngs=nnx.Rngs(0)),
        "'tanh' or 'relu'",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_one_clear_line(case):
    call, told = WRONG[case]
    with pytest.raises(ValueError, match=told) as error:
        call()
    assert "\n" not in str(error.value)


OPTIONS = {
    "rnn": {"nonlinearity": "relu", "use_bias": False},
    "gru": {"batch_first": True, "bidirectional": True},
    "lstm": {"dropout": 0.5, "bidirectional": True},
}


@every_kind
def test_a_module_is_the_function_and_its_parameters(kind):
    _, _, x = make(kind)
    build = partial(MODULES[kind], INPUT, HIDDEN, 2, **OPTIONS[kind])
    module = build(rngs=nnx.Rngs(7))
    params, key = params_of(module), jax.random.key(0)
    options = {
        name: OPTIONS[kind][name] for name in OPTIONS[kind].keys() - {"use_bias", "bidirectional"}
    }
    wanted = getattr(nn, kind)(params, x, key=key, **options)
    close(module(x, key=key), wanted, 0)
    # as the lessons use it: taken apart without numbers, put together in a jitted function
    graphdef, _ = nnx.split(nnx.eval_shape(lambda: build(rngs=nnx.Rngs(0))))
    close(jax.jit(lambda params, x: nnx.merge(graphdef, params)(x, key=key))(params, x), wanted)


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_called_step_by_step_is_a_layer(kind):
    options = {"nonlinearity": "relu"} if kind == "rnn_cell" else {}
    cell = CELLS[kind](INPUT, HIDDEN, **options, rngs=nnx.Rngs(7))
    x = np.random.default_rng(0).normal(size=(SEQ, BATCH, INPUT)).astype(np.float32)
    state = None
    for step in x:
        state = cell(step, state)
    _, last = getattr(nn, kind.removesuffix("_cell"))({"l0": params_of(cell)}, x, **options)
    close(jax.tree.map(lambda leaf: leaf[0], last), state)


@every_kind
def test_numbers_of_vectors_are_the_vectors(kind):
    """Looked up before or inside: with lengths, the batch first, as one sequence, by a module."""
    apply, params, _ = make(kind)
    random = np.random.default_rng(0)
    embedding = nn.Embedding(5, INPUT, rngs=nnx.Rngs(1))
    table, numbers = embedding.embedding[...], jnp.asarray(random.integers(0, 5, (SEQ, BATCH)))
    state = initial(kind, params)
    module = MODULES[kind](INPUT, HIDDEN, rngs=nnx.Rngs(7))

    @partial(jax.jit, compiler_options=QUICK)
    def looked_up_and_given(numbers):
        return [
            (
                apply(params, numbers, state, lengths=LENGTHS, embedding=table),
                apply(params, embedding(numbers), state, lengths=LENGTHS),
            ),
            (
                apply(params, numbers.T, state, batch_first=True, embedding=table),
                apply(params, embedding(numbers.T), state, batch_first=True),
            ),
            (
                apply(params, numbers[:, 0], embedding=table),
                apply(params, embedding(numbers[:, 0])),
            ),
            (module(numbers, embedding=embedding), module(embedding(numbers))),
        ]

    for found, wanted in looked_up_and_given(numbers):
        close(found, wanted)


def test_initial_values_are_uniform_up_to_one_over_the_root_of_hidden():
    leaves = jax.tree.leaves(params_of(nn.LSTM(30, 16, 2, rngs=nnx.Rngs(0))))
    assert len({leaf.tobytes() for leaf in map(np.asarray, leaves)}) == 8  # each drawn on its own
    for leaf in leaves:
        assert 0.22 < jnp.max(leaf) < 0.25  # 1 / √16
        assert -0.25 <= jnp.min(leaf) < -0.22
        assert abs(jnp.std(leaf) - 0.5 / 12**0.5) < 0.02


@every_kind
def test_vmap_over_sequences_is_a_batch(kind):
    apply, params, x = make(kind)
    one = lambda x, length: apply(params, x, lengths=length)  # noqa: E731
    axes = jax.tree.map(lambda _: 1, jax.eval_shape(partial(apply, params), x[:, 0]))

    @partial(jax.jit, compiler_options=QUICK)
    def one_by_one_and_at_once(x):
        by_one = jax.vmap(one, in_axes=(1, 0), out_axes=axes)(x, LENGTHS)
        return by_one, apply(params, x, lengths=LENGTHS)

    close(*one_by_one_and_at_once(x))


@every_kind
def test_second_derivatives(kind):
    """The gradient's directional derivative against its difference quotient, in float64."""
    with jax.enable_x64(True):
        apply, params, x = make(kind, num_layers=1, dtype="float64")
        by_params = jax.grad(lambda p: jnp.sum(apply(p, x, lengths=LENGTHS)[0] ** 2))
        gradient = jax.jit(by_params, compiler_options=QUICK)
        direction = jax.tree.map(np.cos, params)
        slope = jax.jit(
            lambda p, along: jax.jvp(by_params, (p,), (along,))[1], compiler_options=QUICK
        )
        found = slope(params, direction)
        moved = [
            gradient(jax.tree.map(lambda p, d: np.asarray(p) + step * d, params, direction))  # noqa: B023
            for step in (1e-5, -1e-5)
        ]
        close(found, jax.tree.map(lambda a, b: (a - b) / 2e-5, *moved), 1e-7)
        assert max(np.max(np.abs(leaf)) for leaf in jax.tree.leaves(found)) > 0.1


def test_annotations_hold_in_every_call():
    typechecker = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a float
    checked = {
        name: jaxtyped(value, typechecker=typechecker)
        for name, value in vars(nn).items()
        if isfunction(value) and name in MODULES.keys() | CELLS.keys()
    }
    for kind in MODULES:
        _, params, x = make(kind)
        cell = params["l0"]
        checked[kind](params, x, dropout=0, lengths=LENGTHS)
        checked[f"{kind}_cell"](cell, x[0, 0], checked[f"{kind}_cell"](cell, jnp.asarray(x[0, 0])))
    with pytest.raises(Exception, match="Type-check error"):
        checked["gru_cell"](ONE["l0"], jnp.ones((4, 3)), jnp.ones(2))


def test_every_example_runs():
    assert doctest.testmod(jaxdl.nn.modules) == (0, 5)
