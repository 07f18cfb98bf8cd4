"""`jaxdl.replay.init` and the DataLoader's order against PyTorch, bit for bit."""

from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.replay import Generator, batches, dataloader_epoch, init

SEEDS = [0, 1, 2, 5, 42, 777, 2**31, 2**32 - 1, 2**32 + 5, 2**45, 2**63 - 1, 2**63, 2**63 + 3]
SEEDS += [2**64 - 1, -1, -7, -1000, -(2**31), -(2**32) - 9, -(2**62), -(2**63)]
FLOATS = {np.float32: torch.float32, np.float64: torch.float64}

LAYERS = {
    "linear": [((784, 10), {}), ((1, 1), {}), ((3, 5), {"bias": False}), ((2, 16), {})],
    "conv1d": [((3, 4, 5), {}), ((4, 6, 3), {"groups": 2, "bias": False})],
    "conv2d": [((1, 6, 5), {}), ((4, 8, (3, 2)), {"groups": 4}), ((3, 2, 1), {"bias": False})],
    "conv3d": [((2, 3, (1, 3, 2)), {}), ((4, 2, 2), {"groups": 2, "bias": False})],
    "conv_transpose1d": [((3, 4, 5), {}), ((4, 6, 3), {"groups": 2, "bias": False})],
    "conv_transpose2d": [((1, 6, 5), {}), ((4, 8, (3, 2)), {"groups": 4})],
    "conv_transpose3d": [((2, 3, (1, 3, 2)), {}), ((4, 6, 2), {"groups": 2})],
    "embedding": [((10, 4), {}), ((3, 5), {}), ((7, 3), {"padding_idx": -2})],
    "rnn": [((3, 4), {}), ((2, 5), {"num_layers": 2, "bidirectional": True})],
    "lstm": [((5, 3), {"bias": False}), ((4, 3), {"num_layers": 3, "bidirectional": True})],
    "gru": [((3, 4), {"num_layers": 2}), ((1, 7), {"bidirectional": True, "bias": False})],
    "rnn_cell": [((3, 4), {}), ((2, 2), {"bias": False})],
    "lstm_cell": [((3, 4), {}), ((2, 2), {"bias": False})],
    "gru_cell": [((3, 4), {}), ((2, 2), {"bias": False})],
}
MODULES = {"linear": nn.Linear, "conv1d": nn.Conv1d, "conv2d": nn.Conv2d, "rnn": nn.RNN}
MODULES |= {"lstm": nn.LSTM, "gru": nn.GRU, "rnn_cell": nn.RNNCell, "lstm_cell": nn.LSTMCell}
MODULES |= {"conv3d": nn.Conv3d, "conv_transpose1d": nn.ConvTranspose1d}
MODULES |= {"conv_transpose2d": nn.ConvTranspose2d, "conv_transpose3d": nn.ConvTranspose3d}
MODULES |= {"gru_cell": nn.GRUCell, "embedding": nn.Embedding}
CASES = [(name, *case) for name, cases in LAYERS.items() for case in cases]


def assert_same_state(actual, module):
    expected = {name: value.numpy() for name, value in module.state_dict().items()}
    assert list(actual) == list(expected)
    for name, value in expected.items():
        assert actual[name].dtype == value.dtype, name
        assert actual[name].shape == value.shape, name
        assert actual[name].tobytes() == value.tobytes(), name


def assert_same_position(generator):
    """Nothing was drawn too many or too few, and no normal waits on one side alone."""
    assert generator.randn(1).item() == torch.randn(1).item()


@pytest.mark.parametrize("dtype", FLOATS, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize(("name", "sizes", "options"), CASES)
def test_layer(name, sizes, options, dtype):
    for seed in SEEDS:
        generator = Generator(seed)
        torch.manual_seed(seed)
        for _ in range(2):  # the second starts in the middle of the stream
            module = MODULES[name](*sizes, **options, dtype=FLOATS[dtype])
            assert_same_state(
                getattr(init, name)(generator, *sizes, **options, dtype=dtype), module
            )
        assert_same_position(generator)


def test_linear_of_every_fan_in():
    generator = Generator(8)
    torch.manual_seed(8)
    for in_features, dtype in product(range(1, 400), FLOATS):
        module = nn.Linear(in_features, 2, dtype=FLOATS[dtype])
        assert_same_state(init.linear(generator, in_features, 2, dtype=dtype), module)


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize(("n", "batch_size"), [(1, 1), (7, 3), (32, 8), (33, 8), (100, 128)])
def test_loader_order(n, batch_size, drop_last):
    for seed in SEEDS:
        generator = Generator(seed)
        torch.manual_seed(seed)
        loader = DataLoader(range(n), batch_size, shuffle=True, drop_last=drop_last)
        for _ in range(3):
            expected = [batch.tolist() for batch in loader]
            order = dataloader_epoch(generator, n)
            assert [batch.tolist() for batch in batches(order, batch_size, drop_last)] == expected
        assert_same_position(generator)


def test_loader_order_of_a_real_data_set_size():
    generator = Generator(0)
    torch.manual_seed(0)
    loader = DataLoader(range(60_000), 1000, shuffle=True)
    for _ in range(2):
        np.testing.assert_array_equal(dataloader_epoch(generator, 60_000), torch.cat([*loader]))


@pytest.mark.parametrize("seed", SEEDS)
def test_one_stream_through_a_training_script(seed):
    """Model, then epochs of a shuffled and an unshuffled loader, noise drawn between batches."""
    generator = Generator(seed)
    torch.manual_seed(seed)

    assert_same_state(init.conv2d(generator, 1, 4, 3), nn.Conv2d(1, 4, 3))
    assert_same_state(init.linear(generator, 36, 3), nn.Linear(36, 3))

    data = TensorDataset(torch.arange(11))
    training, test = DataLoader(data, 4, shuffle=True, drop_last=True), DataLoader(data, 4)
    for _ in range(3):
        for (expected,), batch in zip(
            training, batches(dataloader_epoch(generator, 11), 4, drop_last=True), strict=True
        ):
            assert expected.tolist() == batch.tolist()
            assert generator.rand(2).tolist() == torch.rand(2).tolist()
        expected = torch.cat([batch for (batch,) in test])
        assert dataloader_epoch(generator, 11, shuffle=False).tolist() == expected.tolist()
    assert_same_position(generator)


@pytest.mark.parametrize(
    ("refused", "by_torch"),
    [
        (lambda g: init.conv1d(g, 3, 4, 2, groups=2), lambda: nn.Conv1d(3, 4, 2, groups=2)),
        (lambda g: init.embedding(g, 3, 2, -4), lambda: nn.Embedding(3, 2, -4)),
        (lambda g: init.rnn(g, 3, 0), lambda: nn.RNN(3, 0)),
        (lambda g: init.gru(g, 3, 2, num_layers=0), lambda: nn.GRU(3, 2, num_layers=0)),
        (lambda g: dataloader_epoch(g, 0), lambda: DataLoader([], shuffle=True)),
    ],
)
def test_refuses_what_pytorch_refuses(refused, by_torch):
    with pytest.raises((RuntimeError, ValueError, AssertionError)):
        by_torch()
    with pytest.raises(ValueError, match=r"must|padding_idx|empty"):
        refused(Generator(0))
