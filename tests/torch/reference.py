"""The problems of `tests.optim.cases` run by `torch.optim`: what the transformations must equal."""

import numpy as np
import torch

from tests.optim.cases import CASES, PROBLEMS, STEPS, options

CLASSES = {
    "adadelta": torch.optim.Adadelta,
    "adafactor": torch.optim.Adafactor,
    "adagrad": torch.optim.Adagrad,
    "adam": torch.optim.Adam,
    "adamax": torch.optim.Adamax,
    "adamw": torch.optim.AdamW,
    "asgd": torch.optim.ASGD,
    "lbfgs": torch.optim.LBFGS,
    "muon": torch.optim.Muon,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
    "rmsprop": torch.optim.RMSprop,
    "rprop": torch.optim.Rprop,
    "sgd": torch.optim.SGD,
    "sparse_adam": torch.optim.SparseAdam,
}


def linear_loss(params, inputs, targets):
    predictions = inputs @ params["weight"] + params["bias"]
    return ((predictions - targets) ** 2).mean()


def network_loss(params, inputs, targets):
    hidden = torch.tanh(inputs @ params["kernel"] + params["shift"])
    predictions = params["scale"] * hidden + params["bias"]
    return ((predictions - targets) ** 2).mean()


def layers_loss(params, inputs, targets):
    hidden = torch.tanh(inputs @ params["kernel"])
    predictions = (hidden @ params["readout"]).sum(-1)
    return ((predictions - targets) ** 2).mean()


LOSSES = {"linear": linear_loss, "network": network_loss, "layers": layers_loss}


def make_sparse(params):
    """The gradients as SparseAdam wants them, each element stored."""
    for param in params:
        param.grad = param.grad.to_sparse()


def torch_options(case: str, dtype: str) -> dict:
    chosen = dict(options(case, dtype))
    if "learning_rate" in chosen:
        chosen["lr"] = chosen.pop("learning_rate")
    return chosen


def run_reference(case: str, problem: str, dtype: str, steps: int = STEPS):
    """The loss before and the parameters after every step, and the optimiser's state by parameter.

    The default dtype follows: PyTorch rounds ASGD's η and μ to it, whatever the parameters' dtype.
    """
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        data = PROBLEMS[problem]
        inputs, targets = (
            torch.tensor(data.inputs.astype(dtype)),
            torch.tensor(data.targets.astype(dtype)),
        )
        # Sorted, as JAX sorts a dict's leaves: L-BFGS ravels them in this order.
        params = {
            name: torch.tensor(value.astype(dtype), requires_grad=True)
            for name, value in sorted(data.params.items())
        }
        optimizer = CLASSES[CASES[case][0]](params.values(), **torch_options(case, dtype))
        sign = -1.0 if CASES[case][1].get("maximize") else 1.0

        def closure():
            optimizer.zero_grad()
            loss = sign * LOSSES[problem](params, inputs, targets)
            loss.backward()
            if CASES[case][0] == "sparse_adam":
                make_sparse(params.values())
            return loss

        losses, trajectory = [], {name: [] for name in params}
        for _ in range(steps):
            losses.append(optimizer.step(closure).item())
            for name, value in params.items():
                trajectory[name].append(value.detach().numpy().copy())
        state = {name: optimizer.state[value] for name, value in params.items()}
        return np.array(losses), {k: np.array(v) for k, v in trajectory.items()}, state
    finally:
        torch.set_default_dtype(before)
