"""Writes tests/replay/golden.safetensors: `python tests/torch/write_replay_golden.py`.

Each tensor is (seeds, values): what one call gives right after `torch.manual_seed(seed)`. The tests
without PyTorch make the same calls, by the same names, of `jaxdl.replay`.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.utils.data import DataLoader

PATH = Path(__file__).parents[1] / "replay" / "golden.safetensors"

SEEDS = [0, 1, 2, 7, 42, 1234, 31337, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**40 + 7]
SEEDS += [2**53 + 1, 2**63 - 1, 2**63, 2**63 + 11, 2**64 - 1, -1, -2, -12345, -(2**31), -(2**63)]


def state(module):
    return torch.cat([value.ravel() for value in module.state_dict().values()])


def mixed_normals():
    """Blocks, uniforms and a change of dtype between normals that come in pairs."""
    parts = [torch.randn(3), torch.rand(2), torch.randn(2, dtype=torch.float64), torch.randn(17)]
    parts += [torch.randn(1), torch.randint(0, 9, (1,)), torch.empty(2).normal_(3.0, 0.5)]
    return torch.cat([part.double() for part in parts])


def loader_epochs():
    loaders = [DataLoader(range(13), batch_size=4, shuffle=shuffle) for shuffle in (True, False)]
    return torch.cat([batch for _ in range(3) for loader in loaders for batch in loader])


def by_dtype(dtype):
    return {
        "rand": lambda: torch.rand(17, dtype=dtype),
        "uniform": lambda: torch.empty(9, dtype=dtype).uniform_(-0.3, 1.7),
        "uniform_narrow": lambda: torch.empty(9, dtype=dtype).uniform_(
            1, 1 + 4 * torch.finfo(dtype).eps
        ),
        "randn_pairs": lambda: torch.randn(5, dtype=dtype),
        "randn_blocks": lambda: torch.randn(3, 11, dtype=dtype),
        "normal": lambda: torch.empty(18, dtype=dtype).normal_(-1.5, 0.1),
        "linear": lambda: state(nn.Linear(7, 3, dtype=dtype)),
        "conv1d": lambda: state(nn.Conv1d(2, 3, 3, dtype=dtype)),
        "conv2d": lambda: state(nn.Conv2d(4, 2, (3, 2), groups=2, dtype=dtype)),
        "embedding": lambda: state(nn.Embedding(5, 4, padding_idx=1, dtype=dtype)),
        "rnn": lambda: state(nn.RNN(3, 2, bias=False, dtype=dtype)),
        "lstm": lambda: state(nn.LSTM(2, 1, bidirectional=True, dtype=dtype)),
        "gru": lambda: state(nn.GRU(2, 1, num_layers=2, dtype=dtype)),
        "lstm_cell": lambda: state(nn.LSTMCell(2, 1, dtype=dtype)),
    }


CALLS = {f"{name}_float32": call for name, call in by_dtype(torch.float32).items()}
CALLS |= {f"{name}_float64": call for name, call in by_dtype(torch.float64).items()}
CALLS |= {
    "random": lambda: torch.empty(3, dtype=torch.int64).random_(),
    "randint_narrow": lambda: torch.randint(-3, 10, (8,)),
    "randint_wide": lambda: torch.randint(-5, 2**30, (8,)),
    "randperm_small": lambda: torch.randperm(12),
    "randperm_large": lambda: torch.randperm(60_000)[::6_000],
    "mixed_normals": mixed_normals,
    "loader_epochs": loader_epochs,
}


def draw(call, seed):
    torch.manual_seed(seed)
    return call().ravel().numpy()


def main():
    tensors = {name: np.stack([draw(call, seed) for seed in SEEDS]) for name, call in CALLS.items()}
    provenance = {
        "command": "python tests/torch/write_replay_golden.py",
        "torch": torch.__version__,
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "seeds": SEEDS,
    }
    # One entry: safetensors would write several in an order that changes from run to run.
    save_file(tensors, PATH, {"provenance": json.dumps(provenance)})
    print(f"{PATH}: {len(tensors)} tensors, {PATH.stat().st_size} bytes")


if __name__ == "__main__":
    main()
