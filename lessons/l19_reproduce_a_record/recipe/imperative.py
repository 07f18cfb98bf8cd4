"""The recipe, PyTorch's way: images changed in place, optimizers that change a model."""

from functools import partial

import torch
from torch.nn.functional import pad
from torch.optim.lr_scheduler import LambdaLR


class Muon(torch.optim.Optimizer):
    """The momentum of each convolution made orthogonal, and its kernels' length restored."""

    def __init__(self, parameters, lr, momentum=0.6):
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure=None):  # pyright: ignore[reportIncompatibleMethodOverride]
        """Change the kernels by their gradients."""
        for group in self.param_groups:
            for kernel in group["params"]:
                state = self.state[kernel]
                buffer = state.setdefault("momentum_buffer", torch.zeros_like(kernel))
                buffer.mul_(group["momentum"]).add_(kernel.grad)
                ahead = kernel.grad.add(buffer, alpha=group["momentum"])
                direction = orthogonal(ahead.flatten(1)).view_as(kernel)
                kernel.mul_(len(kernel) ** 0.5 / kernel.norm()).sub_(group["lr"] * direction)


def orthogonal(matrix, steps=3):
    """Of U diag(s) Vᵀ about U Vᵀ."""
    x = matrix / (matrix.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x


def share(count, config):
    """Of the learning rate, after `count` steps."""
    if config.optimizer == "muon":
        return max(1 - count / config.schedule, 0)
    top = int(0.23 * config.schedule)
    if count < top:
        return 0.2 + 0.8 * count / top
    return 1 - 0.93 * min((count - top) / (config.schedule - top), 1)


def first_share(count, config):
    """Of the first layer's bias."""
    if config.optimizer == "muon":
        return max(1 - count / max(config.bias_steps, 1), 0)
    return share(count, config) if count < config.bias_steps else 0


class Optimizers:
    """What changes a model: SGD in groups, Muon where it is asked for, and their schedules."""

    def __init__(self, model, config):
        muon = config.optimizer == "muon"
        groups = {"filters": [], "biases": [], "first bias": [], "others": []}
        for name, tensor in model.named_parameters():
            filters = "filters" if tensor.ndim == 4 else "biases"
            kind = filters if name.startswith("blocks") else "others"
            groups["first bias" if name == "whiten.bias" else kind].append(tensor)
        times = {"biases": config.bias_rate, "first bias": config.bias_rate if muon else 1.0}
        self.muon = Muon(groups.pop("filters"), config.muon_rate) if muon else None
        described = [
            {
                "params": tensors,
                "lr": times.get(kind, 1.0) * config.rate,
                # SGD multiplies the two
                "weight_decay": config.weight_decay
                / max(times.get(kind, 1.0) * config.learning_rate, 1e-12),
            }
            for kind, tensors in groups.items()
        ]
        self.sgd = torch.optim.SGD(described, momentum=config.momentum, nesterov=True)
        usual, first = partial(share, config=config), partial(first_share, config=config)
        shares = [first if kind == "first bias" else usual for kind in groups]
        self.schedules = [LambdaLR(self.sgd, shares)]
        self.schedules += [LambdaLR(self.muon, usual)] if self.muon else []
        self.all = [self.sgd, *([self.muon] if self.muon else [])]

    def zero_grad(self):
        """Forget the gradients."""
        for optimizer in self.all:
            optimizer.zero_grad()

    def step(self):
        """Change the model by its gradients; the schedules go on."""
        for optimizer in self.all:
            optimizer.step()
        for schedule in self.schedules:
            schedule.step()


class Lookahead:
    """A slow copy of all that floats in a model, running statistics included."""

    def __init__(self, model, steps):
        self.model, self.steps, self.count = model, steps, 0
        self.slow = {name: tensor.clone() for name, tensor in self.numbers()}

    def numbers(self):
        """Of the model."""
        tensors = self.model.state_dict().items()
        return [(name, tensor) for name, tensor in tensors if tensor.is_floating_point()]

    @torch.no_grad()
    def step(self):
        """Every 5 steps the copy follows, and the model goes back to it; the last step's, too."""
        self.count += 1
        due, last = self.count % 5 == 0, self.count == self.steps
        keep = 0.95**5 * (self.count / self.steps) ** 3
        for name, tensor in self.numbers():
            if due:
                self.slow[name].lerp_(tensor, 1 - keep)
            if due or last:
                tensor.copy_(self.slow[name])


def augmented(x, flip, shift, translate):
    """The images mirrored where `flip` says so, then seen through a window from `shift` on."""
    flip, shift = torch.from_numpy(flip).to(x.device), torch.from_numpy(shift).to(x.device)
    x = torch.where(flip[:, None, None, None], x.flip(3), x)
    wide = pad(x, (translate,) * 4, mode="reflect")
    within = torch.arange(x.shape[-1], device=x.device)
    down, right = (shift[:, i, None] + within for i in (0, 1))  # (n, 32)
    n = torch.arange(len(x), device=x.device)[:, None, None]
    # Of each image all channels, at (down, right): the indexed axes come first.
    return wide[n, :, down[:, :, None], right[:, None, :]].permute(0, 3, 1, 2).contiguous()


def views(model, x, count):
    """The mean of the answers to an image, its mirror image, and both shifted by a pixel."""

    def both(x):
        return (model(x) + model(x.flip(3))) / 2

    if count == 1:
        return model(x)
    if count == 2:
        return both(x)
    wide = pad(x, (1, 1, 1, 1), mode="reflect")
    shifted = both(wide[:, :, :-2, :-2]) + both(wide[:, :, 2:, 2:])
    return both(x) / 2 + shifted / 4
