"""Strangers' models: the parameter map found by structure, or what would settle it."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import linen, nnx
from safetensors.numpy import save_file

from jaxdl.errors import InputError
from jaxdl.parity import MapError, convert, linear_after_flatten
from jaxdl.parity.map import as_array

X = np.random.default_rng(0).normal(size=(5, 6)).astype("float32")


@pytest.fixture(autouse=True)
def _as_a_stranger_has_jax():
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        yield


IMAGES = np.random.default_rng(0).normal(size=(2, 8, 10, 3)).astype("float32")


class Perceptron(torch.nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        pairs = pairwise(sizes)
        self.layers = torch.nn.ModuleList(torch.nn.Linear(*pair) for pair in pairs)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.tanh(layer(x))
        return self.layers[-1](x)


def plain(params, x):
    *hidden, last = (params[name] for name in sorted(params))
    for w, b in hidden:
        x = jnp.tanh(x @ w + b)
    return x @ last[0] + last[1]


def blank(*sizes):
    pairs = pairwise(sizes)
    return {f"layer{k}": (np.zeros(pair), np.zeros(pair[1])) for k, pair in enumerate(pairs)}


def test_plain_functions_of_uneven_sizes_need_no_inputs():
    model = Perceptron(6, 4, 3)
    found = convert(model, blank(6, 4, 3))
    assert set(found.how.values()) <= {"name", "shape"}
    np.testing.assert_allclose(
        plain(found.params, X), model(torch.from_numpy(X)).detach(), rtol=1e-5, atol=1e-6
    )
    back = found.parameter_map.to_torch(found.params)
    assert {name: tensor.tobytes() for name, tensor in back.items()} == {
        name: as_array(tensor).tobytes() for name, tensor in model.state_dict().items()
    }


def test_square_layers_are_told_by_order_and_output():
    model, ours = Perceptron(6, 6, 6, 6), blank(6, 6, 6, 6)
    ours = {"c": ours["layer0"], "a": ours["layer1"], "b": ours["layer2"]}  # out of order

    def apply(params, x):
        return plain({"1": params["c"], "2": params["a"], "3": params["b"]}, x)

    with pytest.raises(MapError, match=r"'layers\.0\.weight'.*several places.*'a\.0'.*pairs="):
        convert(model, ours)
    found = convert(model, ours, inputs=(X,), apply=apply)
    assert found.output_error < 1e-5
    assert found.how["layers.0.bias"] == "order of use"
    assert found.how["layers.0.weight"] == "output"  # square: as it is, or transposed


class Images(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.features = torch.nn.Sequential(
            torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten()
        )
        self.head = torch.nn.Linear(4 * 3 * 4, 2)

    def forward(self, x):
        return self.head(self.features(x))


class FlaxImages(nnx.Module):
    def __init__(self, rngs):
        self.conv = nnx.Conv(3, 4, (3, 3), padding="VALID", rngs=rngs)
        self.out = nnx.Linear(48, 2, rngs=rngs)

    def __call__(self, x):
        x = nnx.max_pool(nnx.relu(self.conv(x)), (2, 2), (2, 2))
        return self.out(x.reshape(len(x), -1))


def test_a_flattened_image_is_told_by_the_output():
    model = Images()
    images = IMAGES.transpose(0, 3, 1, 2)
    found = convert(model, FlaxImages(nnx.Rngs(0)), inputs=(IMAGES,), torch_inputs=(images,))
    assert found.how == {"features.0": "shape", "head": "output"}
    assert found.output_error < 1e-5
    named = {layer.torch: layer.rule.name for layer in found.parameter_map.layers}
    assert named["head"] == linear_after_flatten(4, 3, 4).name


class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(7, 5)
        self.gru = torch.nn.GRU(5, 5, batch_first=True)
        self.head = torch.nn.Linear(5, 7, bias=False)
        self.head.weight = self.embed.weight
        self.scale = torch.nn.Parameter(torch.rand(3))

    def forward(self, x):
        return self.head(self.gru(self.embed(x))[0])


def test_tied_weights_and_a_tensor_of_the_models_own():
    like = {
        "gru": {"l0": {name: np.zeros(s) for name, s in GRU.items()}},
        "table": {"embedding": np.zeros((7, 5))},
        "scale": np.zeros(3),
    }
    found = convert(Tied(), like)
    assert found.parameter_map.tied == {"head.weight": "embed.weight"}
    assert found.how == {"embed": "shape", "gru": "name", "scale": "name"}


GRU = {"kernel_ih": (5, 15), "kernel_hh": (5, 15), "bias_ih": (15,), "bias_hh": (15,)}


class Lines(linen.Module):
    @linen.compact
    def __call__(self, x):
        return linen.Dense(3)(jnp.tanh(linen.Dense(4)(x)))


def test_linens_variables_and_files(tmp_path):
    model, net = Perceptron(6, 4, 3), Lines()
    variables = jax.eval_shape(net.init, jax.random.key(0), X)  # shapes alone
    state = {name: as_array(tensor) for name, tensor in model.state_dict().items()}
    save_file(state, tmp_path / "w.safetensors")
    torch.save(model.state_dict(), tmp_path / "w.pt")
    wanted = model(torch.from_numpy(X)).detach()
    for weights in (model, state, tmp_path / "w.safetensors", str(tmp_path / "w.pt")):
        found = convert(weights, variables)
        np.testing.assert_allclose(net.apply(found.params, X), wanted, rtol=1e-5, atol=1e-6)
    with pytest.raises(InputError, match=r"no\.pt: there is no such file"):
        convert(tmp_path / "no.pt", variables)
    for name in ("w.pt", "w.safetensors"):
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
        with pytest.raises(InputError, match=name):
            convert(tmp_path / name, variables)
    torch.save({"epoch": 3, "model": model.state_dict()}, tmp_path / "w.pt")
    with pytest.raises(InputError, match=r"'epoch'.*perhaps under 'model'"):
        convert(tmp_path / "w.pt", variables)
    torch.save(model, tmp_path / "w.pt")
    with pytest.raises(InputError, match="holds more than tensors"):
        convert(tmp_path / "w.pt", variables)


@pytest.mark.parametrize(
    ("ours", "told"),
    [
        (blank(6, 5, 3), ["'layers.0' (weight (4, 6), bias (4,))", "(6, 5)", "rules="]),
        ({**blank(6, 4, 3), "more": np.zeros(9)}, ["'more'", "has its place already"]),
        ({"layer0": blank(6, 4)["layer0"]}, ["'layers.1' (weight (3, 4), bias (3,))", "no place"]),
    ],
)
def test_what_does_not_fit(ours, told):
    with pytest.raises(MapError) as error:
        convert(Perceptron(6, 4, 3), ours)
    assert [words for words in told if words not in str(error.value)] == []


def test_pairs_and_rules_settle_it():
    model, ours = Perceptron(6, 6, 6), blank(6, 6, 6)
    pairs = {
        f"layers.{k}.{kind}": f"layer{k}.{place}"
        for k in range(2)
        for kind, place in (("weight", 0), ("bias", 1))
    }
    with pytest.raises(MapError, match=r"more than one layout \('same', 'axes \(1, 0\)'\)"):
        convert(model, ours, pairs=pairs)
    from jaxdl.parity import TRANSPOSED

    rules = {name: TRANSPOSED for name in pairs if "weight" in name}
    found = convert(model, ours, pairs=pairs, rules=rules)
    np.testing.assert_allclose(
        plain(found.params, X), model(torch.from_numpy(X)).detach(), rtol=1e-5, atol=1e-6
    )
    with pytest.raises(MapError, match=r"no layer 'fc1'; it has 'layers\.0\.weight'"):
        convert(model, ours, pairs={"fc1": "layer0"})
