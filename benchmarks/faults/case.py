"""One case of the corpus: a pair of programs, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """A port, and what the doctor should say of it.

    Args:
        fault: the corpus's own short name, "N3"; of a sound pair what is peculiar about it.
        net: "MLP", "CNN", "RNN", "attention", or a net's name among the sound pairs.
        pair: gives the arguments of `jaxdl.parity.diagnose` by name, model, params and batch
            among them. It builds all anew, from fixed seeds.
        stage: where it should be found; "none": the pair is sound.
        place: what the diagnosis may name, any of these; each must be contained in it.
        cause: what it may say, any of these; each must be contained in it.
        source: the thread, "google/flax#2993".
    """

    fault: str
    net: str
    pair: Callable[[], dict[str, Any]]
    stage: str = "none"
    place: tuple[str, ...] = ()
    cause: tuple[str, ...] = ()
    source: str = ""

    @property
    def name(self) -> str:
        """ "N3 CNN"."""
        return f"{self.fault} {self.net}"

    @property
    def sound(self) -> bool:
        """Nothing is planted."""
        return self.stage == "none"


def filled(model: Any, seed: int = 0) -> Any:
    """The model with other numbers in every parameter and float buffer: 0 and 1 hide faults."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in (*model.named_parameters(), *model.named_buffers()):
            if not tensor.is_floating_point():
                continue
            noise = torch.empty_like(tensor)
            if name.endswith("running_var"):
                tensor.copy_(noise.uniform_(0.5, 2.0, generator=generator))
            elif tensor.ndim < 2:
                tensor.add_(noise.normal_(0, 0.3, generator=generator))
            else:
                tensor.copy_(noise.normal_(0, tensor[0].numel() ** -0.5, generator=generator))
    return model
