"""What stands around an optimiser, against PyTorch: groups, clipping, layouts, sparse rows."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

from jaxdl import optim
from jaxdl.parity.tolerances import relative_error
from tests.optim.cases import waves

STEPS = 6
PARAMS = {
    "head": {"bias": waves(3), "kernel": waves(3, 4)},
    "body": {"bias": 1 + waves(5), "kernel": waves(5, 2)},
}


def target(params):
    """Any framework's: uneven, not convex."""
    total = 0.0
    for scale, part in enumerate(("body", "head"), 1):
        for leaf in (params[part]["bias"], params[part]["kernel"]):
            total = total + (scale * leaf**2 + 0.3 * leaf**3 - leaf).sum()
    return total


def train(optimizer, params=PARAMS, loss=target):
    params = jax.tree.map(jnp.asarray, params)
    state = optimizer.init(params)

    @jax.jit
    def step(params, state):
        updates, state = optimizer.update(jax.grad(loss)(params), state, params)
        return optax.apply_updates(params, updates), state

    for _ in range(STEPS):
        params, state = step(params, state)
    return params, state


def as_torch(params=PARAMS):
    return jax.tree.map(lambda leaf: torch.tensor(leaf, requires_grad=True), params)


def train_torch(optimizer, params, before_step=lambda: None, loss=target):
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(params).backward()
        before_step()
        optimizer.step()


def assert_equal(ours, theirs, tolerance=1e-12):
    for mine, reference in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        assert relative_error(np.asarray(mine), reference.detach().numpy()) <= tolerance


@pytest.fixture(autouse=True)
def _x64():
    with jax.enable_x64(True):
        yield


def test_parameter_groups_are_multi_transform():
    """Learning rate, momentum and weight decay of a group's own, among them none for the biases."""

    def groups(params):
        """The group of every leaf: its part and, of the body, whether it decays."""
        return {
            "head": jax.tree.map(lambda _: "head", params["head"]),
            "body": {"bias": "plain", "kernel": "decayed"},
        }

    optimizer = optax.multi_transform(
        {
            "head": optim.sgd(0.1, momentum=0.5, nesterov=True),
            "plain": optim.sgd(0.02, momentum=0.9),
            "decayed": optim.sgd(0.02, momentum=0.9, weight_decay=0.3),
        },
        groups,
    )
    ours, state = train(optimizer)

    params = as_torch()
    reference = torch.optim.SGD(
        [
            {"params": params["head"].values(), "lr": 0.1, "momentum": 0.5, "nesterov": True},
            {"params": [params["body"]["bias"]]},
            {"params": [params["body"]["kernel"]], "weight_decay": 0.3},
        ],
        lr=0.02,
        momentum=0.9,
    )
    train_torch(reference, params)
    assert_equal(ours, params)
    buffer = optim.slots("SGD", state.inner_states["decayed"])["momentum_buffer"]
    assert_equal(
        buffer["body"]["kernel"], reference.state[params["body"]["kernel"]]["momentum_buffer"]
    )
    with pytest.raises(ValueError, match="found 3: of parameter groups"):
        optim.slots("SGD", state)


def test_groups_differ_in_rule_and_schedule():
    """A mask for the decay alone, and a scheduler that moves each group by its own rate."""
    optimizer = optax.multi_transform(
        {
            decays: optim.adamw(
                optim.schedules.step_lr(0.1 if decays else 0.05, 2, 0.5),
                weight_decay=0.2 if decays else 0.0,
            )
            for decays in (True, False)
        },
        lambda params: jax.tree.map(lambda leaf: leaf.ndim > 1, params),
    )
    params = as_torch()
    kernels = [params[part]["kernel"] for part in params]
    biases = [params[part]["bias"] for part in params]
    reference = torch.optim.AdamW(
        [
            {"params": kernels, "lr": 0.1, "weight_decay": 0.2},
            {"params": biases, "lr": 0.05, "weight_decay": 0.0},
        ]
    )
    scheduler = torch.optim.lr_scheduler.StepLR(reference, 2, 0.5)
    for _ in range(STEPS):
        reference.zero_grad()
        target(params).backward()
        reference.step()
        scheduler.step()
    assert_equal(train(optimizer)[0], params)


@pytest.mark.parametrize("max_norm", [0.5, 1e-5, 100.0])
@pytest.mark.parametrize("norm_type", [2, 1, 3.5, "inf", 0, float("-inf")])
def test_clipping_by_norm_is_torchs(norm_type, max_norm):
    params = as_torch()
    target(params).backward()
    gradients = jax.tree.map(lambda leaf: jnp.asarray(leaf.grad.numpy().copy()), params)
    norm = torch.nn.utils.clip_grad_norm_(jax.tree.leaves(params), max_norm, norm_type)
    clip = optim.clip_grad_norm(max_norm, float(norm_type))
    clipped, _ = clip.update(gradients, clip.init(gradients))
    assert_equal(clipped, jax.tree.map(lambda leaf: leaf.grad, params), 1e-14)
    assert float(optim.total_norm(gradients, float(norm_type))) == pytest.approx(norm.item(), 1e-14)


def test_clipping_in_a_chain_is_torchs():
    clip_value = optax.chain(optim.clip_grad_value(0.5), optim.clip_grad_norm(1.0), optim.sgd(0.1))
    params = as_torch()

    def clip():
        torch.nn.utils.clip_grad_value_(jax.tree.leaves(params), 0.5)
        torch.nn.utils.clip_grad_norm_(jax.tree.leaves(params), 1.0)

    train_torch(torch.optim.SGD(jax.tree.leaves(params), lr=0.1), params, clip)
    assert_equal(train(clip_value)[0], params)


def test_a_flax_layout_is_carried_by_in_layout():
    """Square and oblong kernels, (in, out) here and (out, in) there; a convolution's, HWIO."""

    def there(tree):
        return {
            name: leaf.transpose(3, 2, 0, 1) if leaf.ndim == 4 else leaf.T
            for name, leaf in tree.items()
        }

    def back(tree):
        return {
            name: leaf.transpose(2, 3, 1, 0) if leaf.ndim == 4 else leaf.T
            for name, leaf in tree.items()
        }

    def loss(params):
        return sum((leaf**2 + 0.3 * leaf**3 - leaf).sum() for leaf in params.values())

    def regular(
        *shape,
    ):  # of full rank; of waves it is 2, and sums of what cancels are rounded apart
        return np.sin(np.arange(np.prod(shape)) ** 2.0).reshape(shape)

    kernels = {"square": regular(4, 4), "wide": regular(2, 5), "tall": regular(6, 3)}
    image = {"convolution": waves(2, 3, 4, 5)}
    for make, kind, start in (
        (optim.muon(0.1), torch.optim.Muon, kernels),
        (optim.adafactor(0.1), torch.optim.Adafactor, kernels | image),
    ):
        params = as_torch({name: np.array(leaf) for name, leaf in there(start).items()})
        reference = kind(params.values(), lr=0.1)
        train_torch(reference, params, loss=loss)
        ours, state = train(optim.in_layout(make, there, back), start, loss)
        assert_equal(there(ours), {name: params[name] for name in ours})
        naive, _ = train(make, start, loss)
        wrong = relative_error(np.asarray(there(naive)["wide"]), params["wide"].detach().numpy())
        assert (wrong > 1e-3) == (kind is torch.optim.Muon)  # a matrix's factors only change places
        name = "momentum_buffer" if kind is torch.optim.Muon else "col_var"
        slot = optim.slots(kind.__name__, state)[name]["wide"]
        assert_equal(slot, reference.state[params["wide"]][name])


def test_sparse_adam_follows_an_embedding():
    """Rows that no batch looks up, or only some, keep parameters and moments; steps count on."""
    table = waves(6, 3)
    batches = [[0, 2, 2], [2, 4], [0, 0, 5], [4]]
    layer = torch.nn.Embedding(6, 3, sparse=True, _weight=torch.tensor(table))
    reference = torch.optim.SparseAdam(layer.parameters(), lr=0.1)
    optimizer = optim.sparse_adam(0.1)
    params = jnp.asarray(table)
    state = optimizer.init(params)
    for batch in batches:
        reference.zero_grad()
        layer(torch.tensor(batch)).pow(2).sum().backward()
        reference.step()
        rows = np.array(batch)
        gradients = jax.grad(lambda table, rows=rows: (table[rows] ** 2).sum())(params)
        updates, state = optimizer.update(gradients, state)
        params = optax.apply_updates(params, updates)
    assert_equal(params, layer.weight)
    kept = reference.state[layer.weight]
    slots = optim.slots("SparseAdam", state)
    assert_equal([slots["exp_avg"], slots["exp_avg_sq"]], [kept["exp_avg"], kept["exp_avg_sq"]])
    assert int(slots["step"]) == kept["step"]
    assert (np.asarray(params)[[1, 3]] == table[[1, 3]]).all()


def test_sparse_adam_goes_by_values_where_torch_goes_by_storage():
    """A stored row of zeros: the difference that the docstring names."""
    layer = torch.nn.Embedding(2, 1, sparse=True, _weight=torch.ones(2, 1, dtype=torch.float64))
    reference = torch.optim.SparseAdam(layer.parameters(), lr=0.1)
    for factor in (1.0, 0.0):
        reference.zero_grad()
        (factor * layer(torch.tensor([0]))).sum().backward()
        reference.step()
    optimizer = optim.sparse_adam(0.1)
    params = jnp.ones((2, 1))
    state = optimizer.init(params)
    for factor in (1.0, 0.0):
        updates, state = optimizer.update(factor * jnp.array([[1.0], [0.0]]), state)
        params = optax.apply_updates(params, updates)
    assert float(params[0, 0]) == pytest.approx(0.9)
    assert layer.weight[0].item() < 0.85
