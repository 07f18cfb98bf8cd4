"""Writes tests/replay/masks.safetensors: `python tests/torch/write_masks_golden.py`.

It holds what dropout keeps by both streams of `jaxdl.replay.dropout`. A PyTorch draws by one of
them: run with it, this writes that one's and leaves the other's as they are. "words" is what the
pinned PyTorch draws; "mkl" is drawn by PyTorch 2.6 or older on an Intel processor, for which a
virtual environment with torch==2.5.1, jaxtyping and safetensors will do.

Each tensor is (seeds, bytes): the bits of all masks of `CALLS`, one call after the other.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import save_file

PATH = Path(__file__).parents[1] / "replay" / "masks.safetensors"

SEEDS = [*range(14), 42, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, -1]
RATES = [0.0, 0.1, 0.5, 1.0]
# Around the widths of vector registers, and MKL's share for a thread, 800.
SIZES = [0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 64, 799, 800, 801, 1601]
CALLS = [(size, rate) for size in SIZES for rate in RATES]


def masks(seed, dtype):
    """The bits of all masks, and a word at the end, which shows how many were taken."""
    torch.manual_seed(seed)
    kept = [torch.nn.functional.dropout(torch.ones(n, dtype=dtype), p) != 0 for n, p in CALLS]
    last = torch.randint(0, 2**27, (1,)).numpy().astype(np.uint32)
    return np.concatenate([np.packbits(torch.cat(kept).numpy()), last.view(np.uint8)])


def main():
    held, about = {}, {}
    if PATH.is_file():
        with safe_open(PATH, "numpy") as file:
            held = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no dict)
            about = json.loads(file.metadata()["provenance"])
    # One word or two: how many does a single element take?
    torch.manual_seed(0)
    torch.empty(1).bernoulli_(0.5)
    words = np.random.RandomState(0).randint(0, 2**32, 3, np.uint32) % 2**27
    stream = {1: "mkl", 2: "words"}[words.tolist().index(torch.randint(0, 2**27, (1,)).item())]
    for dtype in (torch.float32, torch.float64):
        name = f"{stream}_{str(dtype).removeprefix('torch.')}"
        held[name] = np.stack([masks(seed, dtype) for seed in SEEDS])
    about[stream] = {
        "command": "python tests/torch/write_masks_golden.py",
        "torch": torch.__version__,
        "processor": next(
            line.partition(": ")[2]
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if line.startswith("vendor_id")
        ),
        "seeds": SEEDS,
        "calls": CALLS,
    }
    save_file(held, PATH, {"provenance": json.dumps(about, sort_keys=True)})
    print(f"{PATH}: {stream}, {len(held)} tensors, {PATH.stat().st_size} bytes")


if __name__ == "__main__":
    main()
