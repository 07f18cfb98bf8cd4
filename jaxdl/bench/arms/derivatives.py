"""Derivatives as PyTorch takes them: by `torch.autograd` in loops, and by `torch.func`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import func
from torch.autograd import forward_ad

from jaxdl.bench.derivatives.net import Net, Way

Tensors = dict[str, torch.Tensor]


class Loss(torch.nn.Module):
    """A loss as a module, so that `functional_call` can put parameters into its model."""

    def __init__(self, model: Any, loss: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self.model, self.loss = model, loss

    def forward(self, batch: Any) -> Any:
        """The loss, a tensor without axes."""
        return self.loss(self.model, batch).reshape(())


class Softplus(torch.autograd.Function):
    """log(1 + exp(z)) with its own derivative σ(z)."""

    generate_vmap_rule = True

    @staticmethod
    def forward(z: Any) -> Any:
        """Elementwise."""
        return torch.logaddexp(z, torch.zeros_like(z))

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keep z."""
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Upstream times σ(z)."""
        (z,) = ctx.saved_tensors
        return grad_outputs[0] * torch.sigmoid(z)


def imperative(net: Net) -> dict[str, Way]:
    """Each derivative by `torch.autograd`, a loop where there is more than one row."""
    model, (x, y) = net.model, net.model_batch
    weights = dict(model.named_parameters())
    inner = [weights[name] for name in net.model_inner]
    every = list(weights.values())

    def loss() -> Any:
        return net.model_loss(model, net.model_batch).reshape(())

    def grad(value: Any, of: Any = every, **more: Any) -> Any:
        return torch.autograd.grad(value, of, **more)

    def per_example() -> Any:
        return [
            grad(net.model_loss(model, (x[i : i + 1], y[i : i + 1])).reshape(()))
            for i in range(len(x))
        ]

    def jacobian_reverse() -> Any:
        output = model(x).reshape(-1)
        return torch.stack(
            [_joined(grad(value, inner, retain_graph=True)) for value in output.unbind()]
        )

    def along(tangents: Tensors, value: str) -> Any:
        """The derivative of a value along tangents of some parameters, by dual numbers."""
        with forward_ad.dual_level():
            called = {
                name: forward_ad.make_dual(weight.detach(), tangents[name])
                if name in tangents
                else weight.detach()
                for name, weight in weights.items()
            }
            return forward_ad.unpack_dual(_called(net, called, value)).tangent

    def jacobian_forward() -> Any:
        columns = []
        for name, weight in zip(net.model_inner, inner, strict=True):
            for i in range(weight.numel()):
                unit = torch.zeros_like(weight).reshape(-1)
                unit[i] = 1
                columns.append(along({name: unit.reshape(weight.shape)}, OUTPUT).reshape(-1))
        return torch.stack(columns, dim=1)

    def hvp() -> Any:
        slopes = grad(loss(), create_graph=True)
        directions = [net.model_direction[name] for name in weights]
        return grad(sum((s * v).sum() for s, v in zip(slopes, directions, strict=True)))

    def hessian() -> Any:
        slope = _joined(grad(loss(), inner, create_graph=True))
        return torch.stack([_joined(grad(s, inner, retain_graph=True)) for s in slope.unbind()])

    def penalty() -> Any:
        slopes = grad(loss(), create_graph=True)
        return grad(sum((s**2).sum() for s in slopes))

    def flat(tensors: Any) -> np.ndarray:
        return _flat(dict(zip(weights, tensors, strict=True)))

    return {
        "per-example": Way(per_example, lambda rows: np.stack([flat(row) for row in rows])),
        "jacobian-reverse": Way(jacobian_reverse, _numpy),
        "jacobian-forward": Way(jacobian_forward, _numpy),
        "hvp": Way(hvp, flat),
        "hessian": Way(hessian, _numpy),
        "penalty": Way(penalty, flat),
        "directional": Way(lambda: along(net.model_direction, LOSS), _numpy),
        "custom": Way(lambda: grad(Softplus.apply(model(x)).sum()), flat),
    }


def functional(net: Net) -> dict[str, Way]:
    """Each derivative by `torch.func`: transformations of a function of the parameters."""
    weights = {name: w.detach() for name, w in net.model.named_parameters()}
    inner = {name: weights[name] for name in net.model_inner}
    whole = Loss(net.model, net.model_loss)

    def loss(given: Tensors, batch: Any = net.model_batch) -> Any:
        named = {f"model.{name}": w for name, w in (weights | given).items()}
        return func.functional_call(whole, named, (batch,))

    def output(given: Tensors) -> Any:
        return func.functional_call(net.model, weights | given, (net.model_batch[0],)).reshape(-1)

    def one(given: Tensors, x: Any, y: Any) -> Any:
        return loss(given, (x[None], y[None]))

    def norm(given: Tensors) -> Any:
        return sum((s**2).sum() for s in func.grad(loss)(given).values())

    def rows(found: Tensors) -> np.ndarray:
        return np.stack([_flat({name: g[i] for name, g in found.items()}) for i in range(net.size)])

    def columns(found: Tensors) -> np.ndarray:
        return np.concatenate([_numpy(found[n]).reshape(len(found[n]), -1) for n in inner], axis=1)

    def both(found: Any) -> np.ndarray:
        sizes = {name: weight.numel() for name, weight in inner.items()}
        return np.block(
            [[_numpy(found[a][b]).reshape(sizes[a], sizes[b]) for b in inner] for a in inner]
        )

    def custom(given: Tensors) -> Any:
        return Softplus.apply(output(given)).sum()

    x, y = net.model_batch
    along = (net.model_direction,)
    return {
        "per-example": Way(
            lambda: func.vmap(func.grad(one), (None, 0, 0))(weights, x, y),
            rows,
        ),
        "jacobian-reverse": Way(lambda: func.jacrev(output)(inner), columns),
        "jacobian-forward": Way(lambda: func.jacfwd(output)(inner), columns),
        "hvp": Way(lambda: func.jvp(func.grad(loss), (weights,), along)[1], _flat),
        "hessian": Way(lambda: func.hessian(loss)(inner), both),
        "penalty": Way(lambda: func.grad(norm)(weights), _flat),
        "directional": Way(lambda: func.jvp(loss, (weights,), along)[1], _numpy),
        "custom": Way(lambda: func.grad(custom)(weights), _flat),
    }


def fixed_point(weights: np.ndarray, bias: np.ndarray) -> dict[str, Way]:
    """dΣz/dW for z = tanh(Wz + b): one step with a graph, and the linear system in a hook."""
    w, b = torch.from_numpy(weights), torch.from_numpy(bias)

    def found(w: Any) -> Any:
        z = torch.zeros_like(b)
        for _ in range(200):
            z = torch.tanh(w @ z + b)
        return z

    def by_hook() -> Any:
        leaf = w.clone().requires_grad_()
        with torch.no_grad():
            z = found(leaf)
        again = z.clone().requires_grad_()
        step = torch.tanh(leaf @ again + b)

        def solved(upstream: Any) -> Any:  # (I - J)ᵀ u = upstream
            rows = [
                torch.autograd.grad(step, again, unit, retain_graph=True)[0]
                for unit in torch.eye(len(b), dtype=b.dtype)
            ]
            system = torch.eye(len(b), dtype=b.dtype) - torch.stack(rows)
            return torch.linalg.solve(system.T, upstream)

        upstream = solved(torch.ones_like(z))
        return torch.autograd.grad(step, leaf, upstream)[0]

    def by_transformation() -> Any:
        z = found(w)
        jacobian = func.jacrev(lambda z: torch.tanh(w @ z + b))(z)
        system = torch.eye(len(b), dtype=b.dtype) - jacobian
        upstream = torch.linalg.solve(system.T, torch.ones_like(z))
        return func.vjp(lambda w: torch.tanh(w @ z + b), w)[1](upstream)[0]

    return {"imperative": Way(by_hook, _numpy), "torch.func": Way(by_transformation, _numpy)}


def truncated(weights: np.ndarray, inputs: np.ndarray, every: int = 8) -> dict[str, Way]:
    """dl/dW for h ← tanh(Wh + x), l = Σ|h|², the state detached every few steps."""
    w, xs = torch.from_numpy(weights), torch.from_numpy(inputs)

    def loss(w: Any) -> Any:
        h, total = torch.zeros_like(xs[0]), 0.0
        for i, x in enumerate(xs):
            if i % every == 0:
                h = h.detach()
            h = torch.tanh(w @ h + x)
            total = total + (h**2).sum()
        return total

    def imperative() -> Any:
        leaf = w.clone().requires_grad_()
        h = torch.zeros_like(xs[0])
        for piece in xs.split(every):  # a backward a piece: its graph is freed at once
            total = torch.zeros((), dtype=w.dtype)
            for x in piece:
                h = torch.tanh(leaf @ h + x)
                total = total + (h**2).sum()
            total.backward()
            h = h.detach()
        return leaf.grad

    return {
        "imperative": Way(imperative, _numpy),
        "torch.func": Way(lambda: func.grad(loss)(w), _numpy),
    }


OUTPUT, LOSS = "output", "loss"


def _called(net: Net, weights: Tensors, value: Any) -> Any:
    if value is OUTPUT:
        return func.functional_call(net.model, weights, (net.model_batch[0],))
    named = {f"model.{name}": w for name, w in weights.items()}
    return func.functional_call(Loss(net.model, net.model_loss), named, (net.model_batch,))


def _joined(tensors: Any) -> Any:
    return torch.cat([t.reshape(-1) for t in tensors])


def _numpy(tensor: Any) -> np.ndarray:
    return tensor.detach().numpy()


def _flat(tensors: Tensors) -> np.ndarray:
    return np.concatenate([_numpy(tensors[name]).ravel() for name in sorted(tensors)])
