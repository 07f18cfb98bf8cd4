"""Write `tests/optim/golden.safetensors` from real PyTorch.

Run as `python -m tests.torch.write_optim_golden`. For every case, problem and dtype it holds the
loss at every tenth step and the parameters after the last.
"""

import hashlib
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from tests.optim import cases
from tests.torch import reference

PATH = Path(cases.__file__).with_name("golden.safetensors")


def code_hash() -> str:
    """SHA-256 over what decides the values: the problems and the reference's loop."""
    digest = hashlib.sha256()
    for module in (cases, reference):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Run every case and write the file."""
    tensors = {}
    for case, problem in cases.PAIRS:
        for dtype in ("float64", "float32"):
            losses, trajectory, _ = reference.run_reference(case, problem, dtype)
            key = f"{case}/{problem}/{dtype}"
            tensors[f"{key}/loss"] = losses[::10].astype(dtype)
            for name, values in trajectory.items():
                tensors[f"{key}/{name}"] = np.asarray(values[-1])
    metadata = {
        "torch": torch.__version__,
        "command": "python -m tests.torch.write_optim_golden",
        "steps": str(cases.STEPS),
        "seed": "none: the problems are fixed",
        "code": code_hash(),
    }
    save_file(tensors, PATH, metadata)


if __name__ == "__main__":
    main()
