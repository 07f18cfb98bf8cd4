"""Derivatives as PyTorch takes them: by `torch.autograd` in loops, and by `torch.func`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import func
from torch.autograd import forward_ad

from jaxdl.autograd.saved_torch import allocated_peak, memory_profile
from jaxdl.bench.derivatives.net import EVERY, Net, Way

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
    every, inner = list(weights.values()), [weights[name] for name in net.model_inner]
    before = sum(weight.numel() for weight in inner) - net.parameters

    def loss() -> Any:
        return net.model_loss(model, net.model_batch).reshape(())

    def grad(value: Any, of: Any = every, **more: Any) -> Any:
        return torch.autograd.grad(value, of, **more)

    def inner_grad(value: Any, **more: Any) -> Any:
        return _joined(grad(value, inner, **more))[before:]

    def by_row(values: Any) -> Any:
        # By index: the way back through `unbind`, or a `for` over it, is as long as there are rows.
        rows = [inner_grad(values[i], retain_graph=True) for i in range(len(values))]
        return torch.stack(rows)

    def per_example() -> Any:
        return [
            grad(net.model_loss(model, (x[i : i + 1], y[i : i + 1])).reshape(()))
            for i in range(len(x))
        ]

    def jacobian_reverse() -> Any:
        output = model(x).reshape(-1)
        return by_row(output)

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
        for i in range(net.parameters):
            unit = torch.zeros(before + net.parameters, dtype=inner[0].dtype)
            unit[before + i] = 1
            tangents = dict(zip(net.model_inner, _split(unit, inner), strict=True))
            columns.append(along(tangents, OUTPUT).reshape(-1))
        return torch.stack(columns, dim=1)

    def hvp() -> Any:
        slopes = grad(loss(), create_graph=True)
        directions = [net.model_direction[name] for name in weights]
        return grad(sum((s * v).sum() for s, v in zip(slopes, directions, strict=True)))

    def hvp_inner() -> Any:
        slope = inner_grad(loss(), create_graph=True)
        return inner_grad(slope @ torch.cos(torch.arange(len(slope), dtype=slope.dtype)))

    def hessian() -> Any:
        slope = inner_grad(loss(), create_graph=True)
        return by_row(slope)

    def penalty() -> Any:
        slopes = grad(loss(), create_graph=True)
        return grad(sum((s**2).sum() for s in slopes))

    def flat(tensors: Any) -> np.ndarray:
        return _flat(dict(zip(weights, tensors, strict=True)))

    return {
        "per-example": _way(per_example, lambda rows: np.stack([flat(row) for row in rows])),
        "jacobian-reverse": _way(jacobian_reverse, _numpy),
        "jacobian-forward": _way(jacobian_forward, _numpy),
        "hvp": _way(hvp, flat),
        "hvp-inner": _way(hvp_inner, _numpy),
        "hessian": _way(hessian, _numpy),
        "penalty": _way(penalty, flat),
        "directional": _way(lambda: along(net.model_direction, LOSS), _numpy),
        "custom": _way(lambda: grad(Softplus.apply(model(x)).sum()), flat),
    }


def functional(net: Net) -> dict[str, Way]:
    """Each derivative by `torch.func`: transformations of a function of the parameters."""
    weights = {name: w.detach() for name, w in net.model.named_parameters()}
    touched = [weights[name] for name in net.model_inner]
    flat = _joined(touched)
    frozen, inner = flat[: len(flat) - net.parameters], flat[len(flat) - net.parameters :]
    whole = Loss(net.model, net.model_loss)

    def put(inner: Any) -> Tensors:
        pieces = _split(torch.cat([frozen, inner]), touched)
        return dict(zip(net.model_inner, pieces, strict=True))

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
        return np.stack([_flat({name: g[i] for name, g in found.items()}) for i in range(len(x))])

    def inner_loss(inner: Any) -> Any:
        return loss(put(inner))

    def inner_output(inner: Any) -> Any:
        return output(put(inner))

    def custom(given: Tensors) -> Any:
        return Softplus.apply(output(given)).sum()

    x, y = net.model_batch
    along = (net.model_direction,)
    inner_along = (torch.cos(torch.arange(len(inner), dtype=inner.dtype)),)
    return {
        "per-example": _way(lambda: func.vmap(func.grad(one), (None, 0, 0))(weights, x, y), rows),
        "jacobian-reverse": _way(lambda: func.jacrev(inner_output)(inner), _numpy),
        "jacobian-forward": _way(lambda: func.jacfwd(inner_output)(inner), _numpy),
        "hvp": _way(lambda: func.jvp(func.grad(loss), (weights,), along)[1], _flat),
        "hvp-inner": _way(
            lambda: func.jvp(func.grad(inner_loss), (inner,), inner_along)[1], _numpy
        ),
        "hessian": _way(lambda: func.hessian(inner_loss)(inner), _numpy),
        "penalty": _way(lambda: func.grad(norm)(weights), _flat),
        "directional": _way(lambda: func.jvp(loss, (weights,), along)[1], _numpy),
        "custom": _way(lambda: func.grad(custom)(weights), _flat),
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

    return {"imperative": _way(by_hook, _numpy), "torch.func": _way(by_transformation, _numpy)}


def truncated(weights: np.ndarray, inputs: np.ndarray, every: int = EVERY) -> dict[str, Way]:
    """dl/dW for h ← tanh(Wh + x), l = Σ|h|², the state detached every few steps."""
    w, xs = torch.from_numpy(weights), torch.from_numpy(inputs)

    def loss(w: Any, h: Any, piece: Any) -> Any:
        total = torch.zeros((), dtype=w.dtype)
        for x in piece:
            h = torch.tanh(w @ h + x)
            total = total + (h**2).sum()
        return total, h

    def transformed() -> Any:
        h, total = torch.zeros_like(xs[0]), torch.zeros_like(w)
        for piece in xs.split(every):
            slope, h = func.grad(loss, has_aux=True)(w, h, piece)
            total = total + slope
        return total

    def imperative() -> Any:
        leaf = w.clone().requires_grad_()
        h = torch.zeros_like(xs[0])
        for piece in xs.split(every):  # a backward a piece: its graph is freed at once
            total, h = loss(leaf, h, piece)
            total.backward()
            h = h.detach()
        return leaf.grad

    return {
        "imperative": _way(imperative, _numpy),
        "torch.func": _way(transformed, _numpy),
    }


OUTPUT, LOSS = "output", "loss"


def _called(net: Net, weights: Tensors, value: Any) -> Any:
    if value is OUTPUT:
        return func.functional_call(net.model, weights, (net.model_batch[0],))
    named = {f"model.{name}": w for name, w in weights.items()}
    return func.functional_call(Loss(net.model, net.model_loss), named, (net.model_batch,))


def _way(run: Callable[[], Any], told: Callable[[Any], np.ndarray]) -> Way:
    def memory() -> int:
        with memory_profile() as profiler:
            run()
        return allocated_peak(profiler, torch.device("cpu"))

    return Way(run, told, memory=memory)


def _joined(tensors: Any) -> Any:
    return torch.cat([t.reshape(-1) for t in tensors])


def _split(vector: Any, like: Any) -> Any:
    pieces = vector.split([tensor.numel() for tensor in like])
    return [piece.view(tensor.shape) for piece, tensor in zip(pieces, like, strict=True)]


def _numpy(tensor: Any) -> np.ndarray:
    return tensor.detach().numpy()


def _flat(tensors: Tensors) -> np.ndarray:
    return np.concatenate([_numpy(tensors[name]).ravel() for name in sorted(tensors)])
