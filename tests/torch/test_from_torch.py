"""PyTorch's graph in the common form: every number in it is PyTorch's own, bit for bit."""

import copy
import json
import weakref

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from jaxdl.autograd import _torch_recorder
from jaxdl.autograd.from_torch import from_torch
from jaxdl.autograd.saved_torch import saved_torch
from jaxdl.course import lessons
from jaxdl.errors import InputError
from tests.soak import whole_or

PROGRAMS = [
    (lesson, variant) for lesson in lessons() for variant in lesson.variants if lesson.number > 1
]
FIRST = [
    (lesson, variant) for lesson, variant in PROGRAMS if variant == next(iter(lesson.variants))
]


@pytest.fixture(autouse=True)
def _one_thread():  # nets this small only wait for a second one
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class Box:
    def __init__(self, tensor):
        self.tensor = tensor.detach()


def honest(loss, model, batch):
    """One evaluation and one backward, with nothing but PyTorch's own hooks."""
    seen, boxes = [], []

    def look(module, inputs, output):
        output = output if isinstance(output, tuple) else (output,)
        seen.extend(t.detach().numpy().copy() for t in output if type(t) is torch.Tensor)

    def pack(tensor):
        box = Box(tensor)
        boxes.append(weakref.ref(box))
        return box

    handles = [module.register_forward_hook(look) for module in model.modules()]
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda box: box.tensor):
        value = loss(model, batch)
    for handle in handles:
        handle.remove()
    saved = [box().tensor.untyped_storage() for box in boxes if box() is not None]
    saved = {storage.data_ptr(): storage.nbytes() for storage in saved}
    own = {p.untyped_storage().data_ptr() for p in model.parameters()}
    apart = sum(n for pointer, n in saved.items() if pointer not in own)
    value.backward()
    gradients = {name: p.grad for name, p in model.named_parameters()}
    return value.detach().numpy(), gradients, seen, (apart, sum(saved.values()))


def same(a, b):
    """Bit for bit, NaN included; a zero's sign, too."""
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def total(graph, node, turn):
    """The products of all edges into a node, added in the order of the way back."""
    came = [
        (turn[user.id], edge.product)
        for user, edge in graph.users[node.id]
        if edge.product is not None and user.id in turn
    ]
    result = None
    for _, product in sorted(came, key=lambda pair: pair[0]):
        result = product if result is None else result + product
    return result


def check(loss, model, batch, sums=True):
    """Everything that a graph claims, against an evaluation of a copy of the model; the graph."""
    slot = torch.ones(())
    for p in model.parameters():
        p.grad = slot.to(p.dtype).expand_as(p).clone()
    slots = [p.grad for p in model.parameters()]
    before = [p._version for p in model.parameters()]
    twin = copy.deepcopy(model)
    twin.zero_grad()
    torch.manual_seed(7)
    value, gradients, seen, saved = honest(loss, twin, batch)
    after = torch.get_rng_state()
    torch.manual_seed(7)
    graph = from_torch(loss, model, batch)

    assert same(graph[graph.output].value, value)
    assert set(graph.parameters) == set(gradients)
    for name, node in graph.parameters.items():
        if gradients[name] is None:
            assert node.gradient is None
        else:
            assert same(node.gradient, gradients[name].numpy())
    values = {(n.shape, n.dtype, n.value.tobytes()) for n in graph.nodes if n.value is not None}
    assert all((a.shape, a.dtype.name, a.tobytes()) in values for a in seen)
    assert (graph.saved_bytes(), graph.saved_bytes(parameters=True)) == saved
    turn = {id: number for number, id in enumerate(graph.backward)}
    for number, node in enumerate(graph.nodes):
        assert node.id == f"n{number}"
        assert all(int(edge.source[1:]) < number for edge in node.inputs)
        if sums and node.gradient is not None and node.id != graph.output:
            assert same(node.gradient, total(graph, node, turn)), node

    assert all(
        p.grad is s and (s == 1).all() for p, s in zip(model.parameters(), slots, strict=True)
    )
    assert before == [p._version for p in model.parameters()]
    assert torch.equal(torch.get_rng_state(), after)
    for a, b in zip(model.buffers(), twin.buffers(), strict=True):
        assert torch.equal(a, b)
    return graph


@pytest.mark.parametrize(
    ("lesson", "variant"),
    whole_or(FIRST, PROGRAMS),
    ids=lambda it: it if isinstance(it, str) else it.name,
)
def test_twins(lesson, variant):
    config = lesson.config(**lesson.variants[variant])
    twin = lesson.twin(config, "float32")
    batch = lesson.first_batch(config, twin.examples())
    if len({column.shape[:1] for column in batch}) == 1 and batch[0].ndim:  # not one example
        batch = tuple(column[:3].clone() for column in batch)
    graph = check(twin.loss, twin.model, batch)
    assert all(node.gradient is not None for node in graph.parameters.values())
    for node in graph.nodes:
        assert node.kind != "operation" or node.operation.startswith(("aten.", "getitem"))
        whole = "getitem" in {user.operation for user, _ in graph.users[node.id]}
        assert (node.value is None) == (whole or "empty" in node.operation)


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.norm(self.conv(x)) + x)


def resnet():
    head = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(4, 3)
    return nn.Sequential(nn.Conv2d(1, 4, 3), Block(4), Block(4), *head)


class Tagger(nn.Module):
    """An LSTM over packed sequences, and an output that is tied to the embedding."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 6, padding_idx=0)
        self.lstm = nn.LSTM(6, 6, num_layers=2, bidirectional=False, batch_first=True)
        self.out = nn.Linear(6, 11)
        self.out.weight = self.embedding.weight
        self.unused = nn.Parameter(torch.ones(2))

    def forward(self, inputs):  # a dictionary
        lengths = inputs["lengths"]
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embedding(inputs["tokens"]), lengths, batch_first=True, enforce_sorted=False
        )
        read, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.out(read)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attend = nn.MultiheadAttention(8, 2, batch_first=True, dropout=0.1)
        self.norm = nn.LayerNorm(8)

    def forward(self, x, padding):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1]).isinf()
        out, _ = self.attend(x, x, x, key_padding_mask=padding, attn_mask=mask)
        return self.norm(x + out)


class Checkpointed(nn.Module):
    def __init__(self, reentrant=False, again=True):
        super().__init__()
        self.parts = nn.ModuleList(nn.Linear(5, 5) for _ in range(3))
        self.reentrant, self.again = reentrant, again

    def forward(self, x):
        x = self.parts[0](x)
        for part in self.parts[1:]:
            run = nn.Sequential(part, nn.Tanh(), nn.Dropout(0.2))
            x = checkpoint(run, x, use_reentrant=self.reentrant) if self.again else run(x)
        return x


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        y = x * factor
        ctx.save_for_backward(x, y)
        return y.sin(), y.cos()

    @staticmethod
    def backward(ctx, a, b):
        _, y = ctx.saved_tensors
        return 2 * (a * y.cos() - b * y.sin()), None


class Odd(nn.Module):
    """In-place changes, of views, too; a custom function; several results; a constant."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(4, 3))
        self.frozen = nn.Parameter(torch.randn(3), requires_grad=False)
        self.scale = torch.tensor([1.0, 2.0, 3.0])

    def forward(self, x):
        h = (x @ self.w) * self.scale + self.frozen
        row = h[0]
        row.mul_(2.0)
        h[1] = 5.0
        mask = torch.zeros(h.shape, dtype=torch.bool)
        mask[:, 0] = True
        h = h.masked_fill(mask, 0.5) + row
        top, where = h.max(dim=1, keepdim=True)
        a, b = h[:, :1].clone(), h[:, 1:]
        c, d = h.split([1, 2], dim=1)
        sin, cos = Double.apply(b, 2.0)
        with torch.no_grad():
            weight = (h > 0).float().mean()
        return (
            top * weight + a.exp_().log1p() + c * d.sum() + (sin * cos).sum(1, keepdim=True) + where
        )


def mean_square(model, batch):
    return (model(*batch) ** 2).mean()


def tagged(model, batch):
    logits = model(batch)
    return nn.functional.cross_entropy(logits.flatten(0, 1), batch["tags"].flatten())


def stranger(name):
    torch.manual_seed(0)
    if name == "resnet":
        model = resnet()
        model[0].weight.requires_grad_(False)
        return mean_square, model, (torch.randn(2, 1, 8, 8),)
    if name == "tagger":
        tokens = torch.tensor([[1, 2, 3, 0], [4, 5, 0, 0], [6, 7, 8, 9]])
        batch = {"tokens": tokens, "tags": tokens, "lengths": (tokens > 0).sum(1)}
        return tagged, Tagger(), batch
    if name == "attention":
        padding = torch.tensor([[False, False, True], [False, True, True]])
        return mean_square, Attention(), (torch.randn(2, 3, 8), padding)
    if name == "odd":
        return mean_square, Odd(), (torch.randn(5, 4),)
    return mean_square, Checkpointed(), (torch.randn(4, 5),)


STRANGERS = ("resnet", "tagger", "attention", "odd", "checkpointed")


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers(name):
    graph = check(*stranger(name))
    told = json.dumps(graph.to_json(), allow_nan=False)
    assert told == json.dumps(from_torch(*stranger_after(name)).to_json(), allow_nan=False)


def stranger_after(name):
    """The same start, and the random numbers with which `check` begins."""
    made = stranger(name)
    torch.manual_seed(7)
    return made


@pytest.mark.parametrize("name", STRANGERS)
def test_saved_is_what_the_graph_says(name):
    graph = from_torch(*stranger_after(name))
    found = saved_torch(*stranger_after(name))
    assert found.bytes == graph.saved_bytes()
    assert found.bytes + found.parameter_bytes == graph.saved_bytes(parameters=True)
    kept = [s for node in graph.nodes for s in node.saved]
    assert found.tensors == len(kept)
    assert found.storages + found.parameter_storages == len({s.storage for s in kept})
    assert found.peak > 0


def test_a_node_says_where_it_stands_and_what_it_keeps():
    graph = from_torch(*stranger("resnet"))
    norm = next(node for node in graph.nodes if node.common == "batch_norm")
    assert norm.scope == ("1", "norm")
    assert norm.place.text == "return self.relu(self.norm(self.conv(x)) + x)"
    assert norm.place.file == __file__
    sources = {saved.name: graph.by_id.get(saved.source) for saved in norm.saved}
    assert sources["weight"].name == "1.norm.weight"
    assert sources["input"].common == "convolution"
    assert sources["running_mean"].name == "1.norm.running_mean"
    assert sources["result1"] is None
    names = {node.name for node in graph.nodes if node.kind == "constant"}
    assert names >= {"1.norm.running_mean", "1.norm.running_var"}


@pytest.mark.parametrize("seen", [True, False])
def test_a_custom_function_holds_what_ran_inside(monkeypatch, seen):
    if not seen:  # what calls its forward, as from PyTorch 2.14 on
        monkeypatch.setattr(_torch_recorder, "_APPLY", None)
    graph = from_torch(*stranger("odd"))
    double = next(node for node in graph.nodes if node.operation == "Double")
    inside = [node.operation for node in graph.nodes if node.parent == double.id]
    assert (double.common, inside) == ("call", ["aten.mul", "aten.sin", "aten.cos"])
    assert [s.name for s in double.saved] == ["", ""]


def test_a_checkpoint_computes_again_but_shows_once():
    loss, model, batch = stranger("checkpointed")
    graph = from_torch(loss, model, batch)
    assert sum(node.common == "tanh" for node in graph.nodes) == 2
    assert not any(node.saved for node in graph.nodes if node.common == "tanh")
    plain = saved_torch(loss, Checkpointed(again=False), batch)
    assert saved_torch(loss, model, batch).bytes < plain.bytes


def test_a_checkpoint_that_re_enters():
    # Its parameters' gradients come from inside: no edge of the outer graph leads to them.
    graph = check(mean_square, Checkpointed(reentrant=True), (torch.randn(4, 5),), sums=False)
    assert any(node.operation == "CheckpointFunction" for node in graph.nodes)


def test_local_derivatives_are_the_frameworks_own():
    w = nn.Parameter(torch.tensor(3.0, dtype=torch.float64))
    x = torch.tensor(2.0, dtype=torch.float64)
    graph = from_torch(lambda model, x: ((model[0] * x - 6.0).abs() * 0.0).exp() ** 2, [w], x)
    local = {node.common: [e.local for e in node.inputs] for node in graph.nodes if node.inputs}
    assert local["multiply"][0] == 0.0  # of |wx - 6| times 0
    assert local["exp"] == [1.0]
    assert local["power"] == [2.0, None]
    assert local["abs"] == [0.0]
    assert local["subtract"][0] == 1.0


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_precisions(dtype):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 1)).to(dtype)
    batch = (torch.randn(5, 3, dtype=dtype),)
    graph = from_torch(mean_square, model, batch)
    mean_square(model, batch).backward()
    for name, p in model.named_parameters():
        node = graph.parameters[name]
        assert node.dtype == node.gradient.dtype.name == str(dtype).removeprefix("torch.")
        assert np.array_equal(node.gradient.astype(np.float64), p.grad.double().numpy())


def test_the_peak_is_the_most_that_is_there_at_one_time():
    w = torch.randn(512, 512, requires_grad=True)
    x = torch.randn(512, 512)
    n = w.numel() * 4
    found = saved_torch(lambda model, x: (model[0] * x).relu().sum(), [w], x)
    # Forward: the product, and what relu makes of it and keeps. Back: the product has gone; the
    # gradient of relu's input, and the one of w, which takes its place.
    assert 3 * n <= found.peak < 3 * n + 4096
    assert (found.bytes, found.storages, found.tensors) == (2 * n, 2, 2)
    assert w.grad is None


def test_what_plain_pytorch_refuses_is_refused():
    def changed(model, x):
        y = model[0].exp()
        y.add_(1.0)
        return y.sum()

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        from_torch(changed, [torch.ones(2, requires_grad=True)], None)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (lambda model, x: 1.0, "gives a float, not a tensor"),
        (lambda model, x: model(x), r"has shape \(2, 3\)"),
        (lambda model, x: model(x).detach().sum(), "needs no gradient"),
        (lambda model, x: model(x).sum() * 1j, "is complex"),
    ],
)
def test_what_is_no_loss(loss, message):
    with pytest.raises(InputError, match=message) as error:
        from_torch(loss, nn.Linear(4, 3), torch.ones(2, 4))
    assert "\n" not in str(error.value)


def test_a_large_net():
    class Deep(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(1300))

        def forward(self, x):
            for layer in self.layers:
                x = torch.tanh(layer(x)) * 1.5 + x
            return x

    graph = from_torch(mean_square, Deep(), (torch.ones(1, 2),))
    assert len(graph.nodes) > 10_000
    assert len(graph.backward) > 6_000
