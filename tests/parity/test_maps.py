"""Parameter maps: total, shape-checked, and the same bytes there and back."""

import numpy as np
import pytest
from flax import nnx

from jaxdl import replay
from jaxdl._tree import leaves_by_name
from jaxdl.parity import (
    CONV2D,
    LINEAR,
    SAME,
    SCALAR,
    TRANSPOSED,
    Layer,
    MapError,
    ParameterMap,
    Rule,
    linear_after_flatten,
    permuted,
    reshaped,
    rules,
)

MAP = ParameterMap(
    (Layer("fc1", "hidden.0", LINEAR), Layer("fc2", "out", LINEAR), Layer("s", "s", SCALAR))
)


def params(dtype="float32"):
    random = np.random.default_rng(0)
    layer = lambda n, m: {  # noqa: E731
        "kernel": random.normal(size=(n, m)).astype(dtype),
        "bias": random.normal(size=m).astype(dtype),
    }
    return {"hidden": [layer(4, 3)], "out": layer(3, 2), "s": np.asarray(2.5, dtype)}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_round_trip_is_byte_for_byte(dtype):
    ours = params(dtype)
    theirs = MAP.to_torch(ours)
    assert list(theirs) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "s"]
    assert theirs["fc1.weight"].shape == (3, 4)
    assert theirs["s"].shape == (1,)
    again = MAP.to_torch(MAP.to_jax(theirs, ours))
    assert {name: (x.dtype, x.tobytes()) for name, x in theirs.items()} == {
        name: (x.dtype, x.tobytes()) for name, x in again.items()
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d.pop("fc1.weight"), ["'fc1.weight'", "'hidden.0'"]),
        (lambda d: d.pop("fc1.bias"), ["'hidden.0.bias'"]),
        (lambda d: d.update({"fc3.weight": np.zeros((1, 1))}), ["'fc3.weight'"]),
        (
            lambda d: d.update({"fc1.weight": np.zeros((4, 3))}),
            ["'fc1.weight'", "'hidden.0'", "(4, 3)", "(3, 4)"],
        ),
        (lambda d: d.update({"s": np.zeros(2)}), ["'s'", "(2,)"]),
    ],
)
def test_a_state_dict_that_does_not_fit(change, told):
    state_dict = MAP.to_torch(params())
    change(state_dict)
    with pytest.raises(MapError) as error:
        MAP.to_jax(state_dict, params())
    assert [words for words in told if words not in str(error.value)] == []


def test_params_that_do_not_fit():
    ours = params()
    ours["extra"] = np.zeros(3)
    with pytest.raises(MapError, match=r"'extra'"):
        MAP.to_torch(ours)
    ours = params()
    del ours["out"]["kernel"]
    with pytest.raises(MapError, match=r"'out\.kernel'.*'fc2'"):
        MAP.to_torch(ours)


def test_a_layer_without_bias():
    pair = ParameterMap((Layer("fc", "", LINEAR),))
    ours = {"kernel": np.ones((3, 2), "float32")}
    assert list(pair.to_torch(ours)) == ["fc.weight"]
    drawn = pair.draw(replay.Generator(0), ours)
    assert drawn["kernel"].shape == (3, 2)
    assert not np.array_equal(drawn["kernel"], ours["kernel"])


def test_draw_follows_the_order_of_the_layers():
    generator = replay.Generator(7)
    first = replay.init.linear(generator, 4, 3)
    second = replay.init.linear(generator, 3, 2)
    drawn = MAP.draw(replay.Generator(7), params())
    np.testing.assert_array_equal(drawn["hidden"][0]["kernel"], first["weight"].T)
    np.testing.assert_array_equal(drawn["out"]["bias"], second["bias"])
    assert drawn["s"] == 2.5  # nothing draws it


IMAGES = ParameterMap(
    (Layer("conv", "conv", CONV2D), Layer("fc", "fc", linear_after_flatten(5, 3, 4)))
)


def test_convolution_and_flatten_there_and_back():
    random = np.random.default_rng(1)
    ours = {
        "conv": {"kernel": random.normal(size=(3, 2, 1, 5)), "bias": random.normal(size=5)},
        "fc": {"kernel": random.normal(size=(3 * 4 * 5, 7)), "bias": random.normal(size=7)},
    }
    theirs = IMAGES.to_torch(ours)
    assert theirs["conv.weight"].shape == (5, 1, 3, 2)
    assert theirs["fc.weight"].shape == (7, 5 * 3 * 4)
    again = IMAGES.to_jax(theirs, ours)
    for layer in ours:
        np.testing.assert_array_equal(again[layer]["kernel"], ours[layer]["kernel"])
    # one pixel of one channel: row (h·W + w)·C + c in JAX is column (c·H + h)·W + w in PyTorch
    h, w, c = 1, 2, 3
    np.testing.assert_array_equal(
        ours["fc"]["kernel"][(h * 4 + w) * 5 + c], theirs["fc.weight"][:, (c * 3 + h) * 4 + w]
    )


def recurrent(gates, layers):
    """Parameters of recurrent layers: name -> (input size, hidden size, bias or not)."""
    random = np.random.default_rng(2)

    def cell(n, m, bias):
        shapes = {"kernel_ih": (n, gates * m), "kernel_hh": (m, gates * m)}
        if bias:
            shapes |= {"bias_ih": (gates * m,), "bias_hh": (gates * m,)}
        return {name: random.normal(size=shape) for name, shape in shapes.items()}

    return {name: cell(*sizes) for name, sizes in layers.items()}


ONE_WAY, NO_BIAS = {"l0": (3, 2, True), "l1": (2, 2, True)}, {"l0": (3, 2, False)}
TWO_WAY = {f"l{k}{side}": (3 + k, 2, True) for k in range(2) for side in ("", "_reverse")}


@pytest.mark.parametrize(
    ("rule", "ours"),
    [
        (rules.rnn(2), recurrent(1, ONE_WAY)),
        (rules.gru(2, bidirectional=True), recurrent(3, TWO_WAY)),
        (rules.lstm(), recurrent(4, NO_BIAS)),
        (rules.RNN_CELL, recurrent(1, NO_BIAS)["l0"]),
        (rules.GRU_CELL, recurrent(3, ONE_WAY)["l0"]),
        (rules.LSTM_CELL, recurrent(4, ONE_WAY)["l0"]),
        (rules.EMBEDDING, {"embedding": np.arange(6.0).reshape(3, 2)}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_recurrence_there_and_back(rule, ours):
    pair = ParameterMap((Layer("net", "net", rule),))
    theirs = pair.to_torch({"net": ours})
    again = leaves_by_name(pair.to_jax(theirs, {"net": ours}))
    assert {name: leaf.tobytes() for name, leaf in leaves_by_name({"net": ours}).items()} == {
        name: leaf.tobytes() for name, leaf in again.items()
    }


def test_the_names_of_recurrence_are_torchs():
    pair = ParameterMap((Layer("", "", rules.gru(2, bidirectional=True)),))
    ours = recurrent(3, TWO_WAY)
    theirs = pair.to_torch(ours)
    assert list(theirs) == [
        f"{kind}_l{layer}{side}"
        for layer in range(2)
        for side in ("", "_reverse")
        for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    ]
    np.testing.assert_array_equal(theirs["weight_hh_l1_reverse"], ours["l1_reverse"]["kernel_hh"].T)


def test_recurrence_of_another_depth_or_direction():
    one_way = recurrent(3, ONE_WAY)
    with pytest.raises(MapError, match=r"takes the JAX parameters' 'l1\.bias_hh', 'l1\."):
        ParameterMap((Layer("", "", rules.gru()),)).to_torch(one_way)
    with pytest.raises(MapError, match=r"no 'l0_reverse\.kernel_ih'.*'bidirectional gru of 2 "):
        ParameterMap((Layer("", "", rules.gru(2, bidirectional=True)),)).to_torch(one_way)


@pytest.mark.parametrize(
    ("rule", "shapes", "wanted"),
    [
        (LINEAR, {"kernel": (3, 2, 1)}, r"'net.kernel'.*\(3, 2, 1\).*\(in, out\)"),
        (LINEAR, {"kernel": (3,)}, r"\(in, out\)"),
        (LINEAR, {"kernel": (3, 2), "bias": (1, 2)}, r"'net.bias'.*\(out,\)"),
        (LINEAR, {"kernel": (3, 2), "bias": (3,)}, r"\(3,\).*\(out = 2,\)"),
        (CONV2D, {"kernel": (3, 2, 1)}, r"\(height, width, in, out\)"),
        (linear_after_flatten(5, 3, 4), {"kernel": (61, 7)}, r"\(61, 7\).*\(60, out\)"),
        (linear_after_flatten(5, 3, 4), {"kernel": (120, 7)}, r"\(60, out\)"),
        (SCALAR, {"": (3,)}, r"\(3,\).*\(\)"),
        (rules.EMBEDDING, {"embedding": (3,)}, r"\(num_embeddings, features\)"),
        (rules.GRU_CELL, {"kernel_ih": (3,), "kernel_hh": (2, 6)}, r"\(input, 3·hidden\)"),
        (
            rules.LSTM_CELL,
            {"kernel_ih": (3, 8), "kernel_hh": (2, 6)},
            r"'net.kernel_hh'.*\(hidden = 2, 4·hidden = 8\)",
        ),
        (rules.RNN_CELL, {"kernel_ih": (3, 2), "kernel_hh": (3, 2)}, r"\(hidden = 2, "),
    ],
)
def test_a_shape_that_no_rule_has(rule, shapes, wanted):
    pair = ParameterMap((Layer("theirs", "net", rule),))
    leaves = {name: np.zeros(shape, "float32") for name, shape in shapes.items()}
    params = {"net": leaves.get("", leaves)}
    calls = (
        lambda: pair.to_torch(params),
        lambda: pair.to_jax({}, params),
        lambda: pair.draw(replay.Generator(0), params),
    )
    for call in calls:
        with pytest.raises(MapError, match=wanted) as error:
            call()
        assert "'theirs'" in str(error.value)
        assert repr(rule.name) in str(error.value)


def test_a_state_dict_of_other_axes_names_both_sides():
    theirs = MAP.to_torch(params())
    for wrong in (np.zeros((3, 4, 1)), np.zeros(12), np.zeros(())):
        with pytest.raises(MapError, match=r"'fc1.weight'.*'hidden.0'.*\(3, 4\)"):
            MAP.to_jax(theirs | {"fc1.weight": wrong}, params())


class Holder(nnx.Module):
    """A net as Flax has it: a statistic, a key, and one parameter under two names."""

    def __init__(self):
        rngs = nnx.Rngs(0)
        self.table = nnx.Embed(5, 3, rngs=rngs)
        self.norm = nnx.BatchNorm(3, rngs=rngs)
        self.drop = nnx.Dropout(0.5, rngs=rngs)
        self.table_again = self.table


STATS = {"weight": "scale", "running_mean": "mean", "running_var": "var", "bias": "bias"}
BACK = {leaf: tensor for tensor, leaf in STATS.items()}
NORM = Rule(
    "norm",
    torch=tuple(STATS),
    jax=tuple(BACK),
    to_jax=lambda tensors: {STATS[name]: tensor for name, tensor in tensors.items()},
    to_torch=lambda leaves: {BACK[name]: leaf for name, leaf in leaves.items()},
    optional={"running_mean": "mean", "running_var": "var"},
    torch_only=("num_batches_tracked",),
)
HOLDER = ParameterMap(
    (Layer("emb", "table", rules.EMBEDDING), Layer("bn", "norm", NORM)),
    tied={"head.weight": "emb.weight"},
)


def theirs():
    random = np.random.default_rng(1)
    table = random.normal(size=(5, 3)).astype("float32")
    return {
        "emb.weight": table,
        "bn.weight": random.normal(size=3).astype("float32"),
        "bn.running_mean": random.normal(size=3).astype("float32"),
        "bn.running_var": random.random(3).astype("float32"),
        "bn.bias": random.normal(size=3).astype("float32"),
        "bn.num_batches_tracked": np.array(7),
        "head.weight": table,
    }


@pytest.mark.parametrize(
    "form",
    [
        lambda: Holder(),
        lambda: nnx.state(Holder()),
        lambda: nnx.eval_shape(Holder),  # shapes alone
        lambda: nnx.to_pure_dict(nnx.state(Holder(), nnx.Not(nnx.RngState))),
    ],
)
def test_the_forms_of_a_flax_net(form):
    like = form()
    ours = HOLDER.to_jax(theirs(), like)
    assert type(ours) is type(like)
    again = HOLDER.to_torch(ours)
    assert again.keys() == theirs().keys() - {"bn.num_batches_tracked"}
    assert all(again[name].tobytes() == theirs()[name].tobytes() for name in again)
    if isinstance(like, nnx.Module):
        assert ours is not like
        assert ours.table_again is ours.table


def test_linens_collections():
    like = {
        "params": {"norm": {"scale": np.zeros(3), "bias": np.zeros(3)}},
        "batch_stats": {"norm": {"mean": np.zeros(3), "var": np.zeros(3)}},
    }
    pair = ParameterMap(HOLDER.layers[1:], collections=("params", "batch_stats"))
    given = {name: tensor for name, tensor in theirs().items() if name.startswith("bn")}
    ours = pair.to_jax(given, like)
    assert ours["batch_stats"]["norm"]["var"].tobytes() == given["bn.running_var"].tobytes()
    gradient = pair.to_torch({"params": ours["params"]}, partial=True)
    assert set(gradient) == {"bn.weight", "bn.bias"}
    with pytest.raises(ValueError, match=r"two leaves.*called 'norm.bias'"):
        pair.to_torch({"params": like["params"], "batch_stats": like["params"]})


def test_tied_tensors_that_differ():
    given = theirs()
    given["head.weight"] = given["head.weight"] + 1
    with pytest.raises(MapError, match=r"'head\.weight' and 'emb\.weight' differ"):
        HOLDER.to_jax(given, Holder())


def test_integers_truth_values_and_plain_trees():
    pair = ParameterMap(
        (
            Layer("a", "a", SAME),
            Layer("mask", "b.0", TRANSPOSED),
            Layer("k", "b.1", permuted(2, 0, 1)),
            Layer("c", "c", reshaped((6,), (2, 3))),
        )
    )
    given = {
        "a": np.arange(3),
        "mask": np.array([[True, False]]),
        "k": np.arange(24).reshape(2, 3, 4),
        "c": np.arange(6, dtype="int8"),
    }
    like = {"a": given["a"], "b": [given["mask"].T, np.zeros((4, 2, 3))], "c": np.zeros((2, 3))}
    ours = pair.to_jax(given, like)
    assert ours["b"][0].dtype == bool
    assert ours["b"][1][3, 1, 2] == given["k"][1, 2, 3]
    again = pair.to_torch(ours)
    assert {n: (x.dtype, x.tobytes()) for n, x in again.items()} == {
        n: (x.dtype, x.tobytes()) for n, x in given.items()
    }
