"""Recurrence against PyTorch: outputs, states, every gradient, initial values, dropout.

Traps 10 to 13 and 24 of docs/porting.md: initialisers, gates and biases, sequences of different
lengths, dropout.
"""

from functools import partial
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import nnx
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from jaxdl import nn, replay
from jaxdl.parity import TOLERANCES, Layer, ParameterMap, relative_error, rules
from tests.pairs import missing, pairs
from tests.soak import whole_or

SEQ, BATCH, INPUT, HIDDEN = 5, 4, 3, 2
LENGTHS = np.array([2, 5, 1, 3])  # unsorted, from the shortest possible to all of SEQ
KINDS = {
    "tanh": ("RNN", {}),
    "relu": ("RNN", {"nonlinearity": "relu"}),
    "gru": ("GRU", {}),
    "lstm": ("LSTM", {}),
}
# num_layers, bidirectional, dtype, bias, lengths. Of three layers one is neither the first nor the
# last. Of any kind, any two of these values meet.
FACTORS = [1, 3], [False, True], ["float64", "float32"], [True, False], [False, True]
LARGEST = (3, True, "float64", True, True)
CASES = whole_or([*pairs(*FACTORS), LARGEST], list(product(*FACTORS)))
# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}


def pair(kind, *sizes, cell="", dtype="float32", **options):
    """PyTorch's layer, our pure function, the parameters that both have, and their map."""
    name, more = KINDS[kind]
    torch.manual_seed(5)
    model = getattr(torch.nn, name + cell)(*sizes, **options, **more, dtype=getattr(torch, dtype))
    options["use_bias"] = options.pop("bias", True)
    module = getattr(nn, name + cell)(*sizes, **options, **more, rngs=nnx.Rngs(0))
    if cell:
        rule = getattr(rules, f"{name}_CELL")
        apply = partial(getattr(nn, f"{name.lower()}_cell"), **more)
    else:
        rule = getattr(rules, name.lower())(model.num_layers, model.bidirectional)
        apply = partial(getattr(nn, name.lower()), **more)
    parameter_map = ParameterMap((Layer("", "", rule),))
    params = parameter_map.to_jax(weights(model), nnx.to_pure_dict(nnx.split(module)[1]))
    return model, apply, params, parameter_map


def weights(model):
    return {name: value.numpy() for name, value in model.state_dict().items()}


def inputs(kind, dtype, x, state):
    """x, an initial state as a tuple of arrays, and factors that make a loss of all that comes out.

    Args:
        x, state: the shapes.
    """
    random = np.random.default_rng(1)
    draw = lambda shape: random.normal(size=shape).astype(dtype)  # noqa: E731
    return draw(x), tuple(draw(state) for _ in range(2 if kind == "lstm" else 1)), draw


def flat(output, state):
    return (output, *state) if isinstance(state, tuple) else (output, state)


def as_pair(state):
    """What a cell gives, in the form of a layer's output and state."""
    return state if isinstance(state, tuple) else (state, ())


def unwrapped(state):
    """PyTorch's and our form: a tuple of two for an LSTM, else one array."""
    return state if len(state) == 2 else state[0]


def theirs(call, model, x, state, factors):
    """What comes out of `call(x, state)`, and the gradients by x, the state and the parameters."""
    leaves = [torch.tensor(array, requires_grad=True) for array in (x, *state)]
    values = flat(*call(leaves[0], unwrapped(tuple(leaves[1:]))))
    loss = sum((v * torch.from_numpy(f)).sum() for v, f in zip(values, factors, strict=True))
    gradients = torch.autograd.grad(loss, [*leaves, *model.parameters()])
    return [[array.numpy(force=True) for array in group] for group in (values, gradients)]


def ours(call, params, x, state, factors):
    """As `theirs`, the parameters' gradients apart and in our layout."""

    def loss(params, x, state):
        values = flat(*call(params, x, unwrapped(state)))
        return sum(jnp.sum(v * f) for v, f in zip(values, factors, strict=True)), values

    (by_params, *by_rest), values = jax.grad(loss, (0, 1, 2), has_aux=True)(params, x, state)
    return values, jax.tree.leaves(by_rest), by_params


def packed(model, lengths, x, state):
    if lengths is None:
        return model(x, state)
    steps = pack_padded_sequence(x, torch.from_numpy(lengths), enforce_sorted=False)
    output, state = model(steps, state)
    return pad_packed_sequence(output, total_length=SEQ)[0], state


def excess(dtype, parameter_map, found, wanted):
    """Each quantity's error over its tolerance; the two agree where none is above 1."""
    values, by_inputs, by_params = found
    gradients = [*by_inputs, *parameter_map.to_torch(by_params).values()]
    return {
        f"{quantity} {i}": relative_error(a, b) / TOLERANCES[dtype, quantity]
        for quantity, mine, reference in zip(
            ("output", "gradient"), (values, gradients), wanted, strict=True
        )
        for i, (a, b) in enumerate(zip(mine, reference, strict=True))
    }


def test_any_two_values_meet():
    assert missing(CASES, *FACTORS) == []


@pytest.mark.parametrize("num_layers", FACTORS[0])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_states_and_every_gradient(kind, num_layers):
    """All the cases of one number of layers are one program, compiled once."""
    programs, data, references = [], [], []
    with jax.enable_x64(True):
        for _, two, dtype, bias, padded in [case for case in CASES if case[0] == num_layers]:
            lengths = LENGTHS if padded else None
            shape = (num_layers * (1 + two), BATCH, HIDDEN)
            options = {"bias": bias, "bidirectional": two, "dtype": dtype}
            model, apply, params, parameter_map = pair(kind, INPUT, HIDDEN, num_layers, **options)
            x, state, draw = inputs(kind, dtype, (SEQ, BATCH, INPUT), shape)
            factors = [draw((SEQ, BATCH, (1 + two) * HIDDEN)), *(draw(shape) for _ in state)]
            programs.append(partial(ours, partial(apply, lengths=lengths)))
            data.append((params, x, state, factors))
            wanted = theirs(partial(packed, model, lengths), model, x, state, factors)
            references.append((dtype, parameter_map, wanted))
        run = jax.jit(
            lambda data: [program(*args) for program, args in zip(programs, data, strict=True)],
            compiler_options=QUICK,
        )
        for found, (dtype, parameter_map, wanted) in zip(run(data), references, strict=True):
            errors = excess(dtype, parameter_map, found, wanted)
            assert max(errors.values()) <= 1, (dtype, errors)


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no-bias"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", KINDS)
def test_cells(kind, dtype, bias):
    with jax.enable_x64(dtype == "float64"):
        options = {"cell": "Cell", "bias": bias, "dtype": dtype}
        model, apply, params, parameter_map = pair(kind, INPUT, HIDDEN, **options)
        x, state, draw = inputs(kind, dtype, (BATCH, INPUT), (BATCH, HIDDEN))
        factors = [draw((BATCH, HIDDEN)) for _ in state]
        run = jax.jit(partial(ours, lambda *args: as_pair(apply(*args))), compiler_options=QUICK)
        found = run(params, x, state, factors)
        wanted = theirs(lambda *args: as_pair(model(*args)), model, x, state, factors)
        errors = excess(dtype, parameter_map, found, wanted)
        assert max(errors.values()) <= 1, errors
        # one vector without a batch, from a state of zeros
        found, wanted = flat(*as_pair(apply(params, x[0]))), model(torch.from_numpy(x[0]))
        for a, b in zip(found, flat(*as_pair(wanted)), strict=True):
            assert relative_error(a, b.numpy(force=True)) <= TOLERANCES[dtype, "output"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_sequence_without_a_batch_and_the_batch_first(kind):
    """Both from a state of zeros; with the batch first the state still has it second."""
    shapes = {"plain": (SEQ, INPUT), "batch first": (BATCH, SEQ, INPUT)}
    for name, shape in shapes.items():
        first = name == "batch first"
        model, apply, params, _ = pair(
            kind, INPUT, HIDDEN, 2, bidirectional=True, batch_first=first
        )
        x, _, _ = inputs(kind, "float32", shape, ())
        found = flat(*apply(params, x, batch_first=first))
        wanted = flat(*model(torch.from_numpy(x)))
        for a, b in zip(found, wanted, strict=True):
            assert relative_error(a, b.numpy(force=True)) <= TOLERANCES["float32", "output"]


STRUCTURES = [(1, False, True), (2, True, True), (3, False, False)]


@pytest.mark.parametrize(("num_layers", "bidirectional", "bias"), STRUCTURES)
@pytest.mark.parametrize("kind", KINDS)
def test_weights_there_and_back_and_drawn_as_torch_draws_them(
    kind, num_layers, bidirectional, bias
):
    options = {"bidirectional": bidirectional, "bias": bias}
    same_weights(*pair(kind, INPUT, HIDDEN, num_layers, **options))


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no-bias"])
@pytest.mark.parametrize("kind", KINDS)
def test_weights_of_a_cell(kind, bias):
    same_weights(*pair(kind, INPUT, HIDDEN, cell="Cell", bias=bias))


def same_weights(model, _, params, parameter_map):
    """The same names, in the same order, shapes and bytes: carried over, and drawn."""
    wanted = {name: (value.shape, value.tobytes()) for name, value in weights(model).items()}
    drawn = parameter_map.draw(replay.Generator(5), jax.tree.map(np.zeros_like, params))
    for tree in (params, drawn):
        back = parameter_map.to_torch(tree)
        found = {name: (value.shape, value.tobytes()) for name, value in back.items()}
        assert list(found.items()) == list(wanted.items())


def test_embedding():
    torch.manual_seed(5)
    model = torch.nn.Embedding(7, 3)
    parameter_map = ParameterMap((Layer("letters", "letters", rules.EMBEDDING),))
    like = {"letters": {"embedding": np.zeros((7, 3), np.float32)}}
    drawn = parameter_map.draw(replay.Generator(5), like)
    np.testing.assert_array_equal(
        parameter_map.to_torch(drawn)["letters.weight"], model.weight.numpy(force=True)
    )
    ids = np.array([[3, 0], [6, 3]])
    embed = nn.Embedding(7, 3, rngs=nnx.Rngs(0))
    nnx.update(embed, drawn["letters"])
    np.testing.assert_array_equal(embed(ids), model(torch.from_numpy(ids)).numpy(force=True))


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_dropout_falls_between_the_layers(kind):
    """Three layers of ours are three of PyTorch's with the masks that our keys draw in between."""
    dropout, key = 0.4, jax.random.key(3)
    model, apply, params, _ = pair(kind, INPUT, HIDDEN, 3, bidirectional=True, dropout=dropout)
    x, _, _ = inputs(kind, "float32", (SEQ, BATCH, INPUT), ())
    found = flat(*apply(params, x, dropout=dropout, key=key, lengths=LENGTHS))

    y, states = torch.from_numpy(x), []
    for layer in range(3):
        name = KINDS[kind][0]
        single = getattr(torch.nn, name)(y.shape[-1], HIDDEN, bidirectional=True)
        single.load_state_dict(
            {
                name.replace(f"_l{layer}", "_l0"): value
                for name, value in model.state_dict().items()
                if f"_l{layer}" in name
            }
        )
        if layer:
            keep = jax.random.bernoulli(jax.random.fold_in(key, layer - 1), 1 - dropout, y.shape)
            y = y * torch.tensor(np.asarray(keep)) / (1 - dropout)
        y, state = packed(single, LENGTHS, y, None)
        states.append(flat(y, state)[1:])
    wanted = [y, *(torch.cat(leaves) for leaves in zip(*states, strict=True))]
    for a, b in zip(found, wanted, strict=True):
        assert relative_error(a, b.numpy(force=True)) <= TOLERANCES["float32", "output"]


@pytest.mark.parametrize("dropout", [0.0, 0.25, 1.0])
def test_dropout_scales_as_torch_does(dropout):
    """Two layers that hand on what they get show what falls between them, on either side."""
    options = {"bias": False, "dropout": dropout}
    model, apply, params, parameter_map = pair("relu", 3, 3, 2, **options)
    through = jax.tree_util.tree_map_with_path(
        lambda path, leaf: np.eye(3, dtype="float32") * ("kernel_ih" in str(path)), params
    )
    state = parameter_map.to_torch(through)
    model.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in state.items()})
    x = np.ones((50, BATCH, 3), np.float32)
    wanted = np.unique(model(torch.from_numpy(x))[0].numpy(force=True))
    found, _ = apply(through, x, dropout=dropout, key=jax.random.key(0))
    np.testing.assert_allclose(np.unique(found), wanted, rtol=1e-6)
    # Without a key nothing is dropped: PyTorch's eval().
    np.testing.assert_array_equal(apply(through, x, dropout=dropout)[0], x)
    np.testing.assert_array_equal(model.eval()(torch.from_numpy(x))[0].numpy(force=True), x)
