"""`compare` on models that nobody here wrote it for."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from flax import nnx

from jaxdl import optim
from jaxdl.errors import InputError
from jaxdl.parity import compare, report
from jaxdl.parity.map import as_array

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(4, 9, 7, 3))
LABELS = RANDOM.integers(0, 5, 4)


@pytest.fixture(autouse=True)
def _as_a_stranger_has_jax():
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        yield


class Tagger(torch.nn.Module):
    """Named inputs, two outputs, a tied head, a frozen and an unused parameter."""

    def __init__(self):
        super().__init__()
        self.words = torch.nn.Embedding(11, 6)
        self.places = torch.nn.Embedding(5, 6).requires_grad_(False)
        self.mix = torch.nn.Linear(6, 6)
        self.spare = torch.nn.Linear(3, 2)
        self.head = torch.nn.Linear(6, 11, bias=False)
        self.head.weight = self.words.weight

    def forward(self, ids, mask):
        h = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        h = torch.tanh(self.mix(h)) * mask[..., None]
        return {"logits": self.head(h), "mean": h.sum(1) / mask.sum(1, keepdim=True)}


TAGGER = {
    "words": {"embedding": np.zeros((11, 6))},
    "places": {"embedding": np.zeros((5, 6))},
    "mix": {"kernel": np.zeros((6, 6)), "bias": np.zeros(6)},
    "spare": {"kernel": np.zeros((3, 2)), "bias": np.zeros(2)},
}


def tagged(params, ids, mask, scale=1.0):
    words = params["words"]["embedding"]
    h = words[ids] + params["places"]["embedding"][jnp.arange(ids.shape[1])]
    h = jnp.tanh(h @ params["mix"]["kernel"] + params["mix"]["bias"]) * mask[..., None] * scale
    return {"logits": h @ words.T, "mean": h.sum(1) / mask.sum(1, keepdims=True)}


def tagger_comparison(dtype, scale=1.0, **options):
    torch.manual_seed(0)
    numpy = "float32" if dtype == "bfloat16" else dtype
    batch = {
        "ids": np.array([[1, 3, 3, 7, 0], [10, 2, 4, 0, 0]]),
        "mask": np.array([[1, 1, 1, 1, 0], [1, 1, 1, 0, 0]], numpy),
    }
    if dtype == "bfloat16":
        batch["mask"] = jnp.asarray(batch["mask"], jnp.bfloat16)

    def loss(params, batch):
        out = tagged(params, scale=scale, **batch)
        return (out["logits"] ** 2).mean() + out["mean"].sum()

    def torch_loss(model, batch):
        out = model(**batch)
        return (out["logits"] ** 2).mean() + out["mean"].sum()

    return compare(
        Tagger().to(getattr(torch, dtype)),
        TAGGER,
        batch,
        apply=lambda params, ids, mask: tagged(params, ids, mask, scale),
        loss=loss,
        torch_loss=torch_loss,
        inputs=batch,
        **options,
    )


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_named_inputs_two_outputs_tied_frozen_and_unused(dtype):
    found = tagger_comparison(dtype)
    assert found.precision == dtype
    assert found.agree, found.worst
    assert found.frozen == ["places.weight"]
    assert found.unused == ["spare.weight", "spare.bias"]
    assert set(found.gradient_error) == {
        "words.weight", "mix.weight", "mix.bias", "spare.weight", "spare.bias"
    }  # fmt: skip


def test_in_low_precision_a_fault_is_no_rounding():
    assert not tagger_comparison("bfloat16", scale=1.1, layers=False).agree
    rules = {"optimizer": optax.sgd(0.1), "torch_optimizer": object(), "steps": 2}
    with pytest.raises(InputError, match="not in bfloat16"):
        tagger_comparison("bfloat16", **rules)


def test_a_fault_is_seen_at_its_layer():
    found = tagger_comparison("float64", scale=1.001)
    assert not found.agree
    errors = {layer.name: layer for layer in found.layers}
    assert errors["mix"].error < 1e-12
    assert errors["head"].error > 1e-4  # as it runs: its input is wrong already
    text = "\n".join(report.lines(found))
    assert "mix Linear" in text
    assert "DISAGREE" in text
    assert report.as_json(found)["layers"][0]["kind"] == "Embedding"


class Images(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3, padding=1)
        self.deep = torch.nn.Conv2d(4, 4, 3, padding=1)
        self.head = torch.nn.Linear(4, 5)

    def forward(self, x):
        x = torch.relu(self.conv(x))
        x = x + torch.nn.functional.gelu(self.deep(x))
        return self.head(x.mean((2, 3)))


class FlaxImages(nnx.Module):
    def __init__(self, approximate, rngs):
        self.conv = nnx.Conv(3, 4, (3, 3), rngs=rngs)
        self.deep = nnx.Conv(4, 4, (3, 3), rngs=rngs)
        self.head = nnx.Linear(4, 5, rngs=rngs)
        self.approximate = approximate

    def __call__(self, x):
        x = nnx.relu(self.conv(x))
        x = x + nnx.gelu(self.deep(x), approximate=self.approximate)
        return self.head(x.mean((1, 2)))


def compared_images(approximate=False, optimizer=None, steps=0, **options):
    torch.manual_seed(1)
    model = Images().double()
    model.conv.weight.grad = torch.ones_like(model.conv.weight)
    torch_optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    before = {name: as_array(tensor).copy() for name, tensor in model.state_dict().items()}
    found = compare(
        model,
        FlaxImages(approximate, nnx.Rngs(0)),
        (IMAGES, LABELS),
        loss=lambda net, batch: optax.softmax_cross_entropy_with_integer_labels(
            net(batch[0]), batch[1]
        ).mean(),
        torch_loss=lambda net, batch: torch.nn.functional.cross_entropy(net(batch[0]), batch[1]),
        torch_batch=(IMAGES.transpose(0, 3, 1, 2), LABELS),
        optimizer=optimizer,
        torch_optimizer=torch_optimizer,
        steps=steps,
        **options,
    )
    for name, tensor in model.state_dict().items():  # left as it was
        assert as_array(tensor).tobytes() == before[name].tobytes()
    assert model.conv.weight.grad.min() == 1
    assert torch_optimizer.state_dict()["state"] == {}
    return found


def test_a_flax_net_without_a_map_for_fifty_steps():
    found = compared_images(optimizer=optim.adam(0.01), steps=50)
    assert found.agree, found.worst
    assert len(found.loss_error) == 50
    assert len(found.slot_error) == 12  # two moments of six parameters
    assert {layer.name: layer.alone < 1e-12 for layer in found.layers} == {
        "conv": True, "deep": True, "head": True, "": True
    }  # fmt: skip


def test_errors_add_up_and_a_layer_alone():
    found = compared_images(approximate=True)
    by_name = {layer.name: layer for layer in found.layers}
    assert by_name["conv"].error < 1e-12
    assert by_name["deep"].alone < 1e-12  # before the activation
    assert by_name["head"].error > 1e-6
    found = compared_images(optimizer=optax.adam(0.01, eps=1e-6), steps=3)
    assert found.worst["output"] < 1e-12
    assert found.worst["parameter"] > 1e-6
    assert found.worst["slot"] < 1e-4


def test_what_makes_no_comparison():
    net, model = FlaxImages(False, nnx.Rngs(0)), Images()
    with pytest.raises(InputError, match="there is loss, but no torch_loss"):
        compare(model, net, (IMAGES, LABELS), loss=lambda net, batch: 0)
    with pytest.raises(InputError, match="steps need optimizer"):
        compare(model, net, (IMAGES, LABELS), steps=2)
    with pytest.raises(InputError, match="a batch that is a dict; give inputs"):
        compare(model, net, {"x": IMAGES})
    with pytest.raises(InputError, match="a pytree of params needs apply"):
        compare(torch.nn.Tanh(), {}, (IMAGES,))
    with pytest.raises(InputError, match=r"\(4, 2\) of apply, \(4, 1\) of the PyTorch"):
        compare(torch.nn.Flatten(), {}, (np.ones((4, 1, 1)),), apply=lambda p, x: jnp.ones((4, 2)))
