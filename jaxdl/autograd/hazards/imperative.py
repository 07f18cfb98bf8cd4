"""Imperative programs that go wrong, each beside the program that is right.

As in `functional`: each function runs its program and gives what was measured.
"""

# `.grad` is None before the first backward:
# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false
# pyright: reportAttributeAccessIssue=false, reportOperatorIssue=false

from __future__ import annotations

from typing import Any

Measured = dict[str, Any]


def refused(error: Exception) -> str:
    """An exception's kind and its first line."""
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"


def nodes_behind(tensors: list[Any]) -> int:
    """How many nodes of the graph these tensors keep alive."""
    seen, left = set(), [t.grad_fn for t in tensors if getattr(t, "grad_fn", None)]
    while left:
        node = left.pop()
        if node not in seen:
            seen.add(node)
            left += [before for before, _ in node.next_functions if before]
    return len(seen)


def gradients_accumulated() -> Measured:
    import torch

    w = torch.tensor(1.0, requires_grad=True)
    slots = []
    for _ in range(2):
        ((w * 2 - 4) ** 2).backward()  # adds to what is in .grad
        slots.append(w.grad.item())
    return {"gradient": -8.0, "first step's slot": slots[0], "second step's slot": slots[1]}


def gradients_forgotten() -> Measured:
    import torch

    w = torch.tensor(1.0, requires_grad=True)
    slots = []
    for _ in range(2):
        w.grad = None
        ((w * 2 - 4) ** 2).backward()
        slots.append(w.grad.item())
    return {"gradient": -8.0, "first step's slot": slots[0], "second step's slot": slots[1]}


def changed_in_place() -> Measured:
    import torch

    w = torch.tensor([1.0, 2.0], requires_grad=True)
    y = w.exp()  # keeps its result: it is its own derivative
    y += 1
    try:
        y.sum().backward()
    except RuntimeError as error:
        return {"gradient": refused(error)}
    return {"gradient": w.grad.tolist()}


def changed_behind_its_back() -> Measured:
    import torch

    w = torch.tensor([1.0, 2.0], requires_grad=True)
    y = w.exp()
    y.data.zero_()  # .data has no version counter: nobody notices
    y.sum().backward()
    return {"gradient": w.grad.tolist()}


def changed_in_a_copy() -> Measured:
    import torch

    w = torch.tensor([1.0, 2.0], requires_grad=True)
    y = w.exp()
    y = y + 1
    y.sum().backward()
    return {"gradient": w.grad.tolist()}


def losses_kept() -> Measured:
    import torch

    w, losses = torch.tensor(1.0, requires_grad=True), []
    for x in range(1, 11):
        losses.append((w * x - 2 * x) ** 2)  # each holds its whole graph
    return {"losses kept": len(losses), "nodes kept alive": nodes_behind(losses)}


def numbers_kept() -> Measured:
    import torch

    w, losses = torch.tensor(1.0, requires_grad=True), []
    for x in range(1, 11):
        losses.append(((w * x - 2 * x) ** 2).item())
    return {"losses kept": len(losses), "nodes kept alive": nodes_behind(losses)}


def second_backward() -> Measured:
    import torch

    w = torch.tensor(1.0, requires_grad=True)
    loss = (w * 2 - 4) ** 2
    loss.backward()  # lets go of what the graph had saved
    try:
        loss.backward()
    except RuntimeError as error:
        return {"second backward": refused(error)}
    return {"second backward": w.grad.item()}


def graph_retained() -> Measured:
    import torch

    w = torch.tensor(1.0, requires_grad=True)
    loss = (w * 2 - 4) ** 2
    loss.backward(retain_graph=True)
    w.grad = None
    loss.backward()
    return {"second backward": w.grad.item()}


def detached_too_early() -> Measured:
    import torch

    first = torch.tensor(1.0, requires_grad=True)
    second = torch.tensor(2.0, requires_grad=True)
    hidden = (first * 3).detach()  # meant for the plot, and used for the loss
    (hidden * second).backward()
    return {"first's gradient": first.grad, "second's gradient": second.grad.item()}


def detached_for_the_plot() -> Measured:
    import torch

    first = torch.tensor(1.0, requires_grad=True)
    second = torch.tensor(2.0, requires_grad=True)
    hidden = first * 3
    plotted = hidden.detach()
    (hidden * second).backward()
    return {
        "first's gradient": first.grad.item(),
        "second's gradient": second.grad.item(),
        "plotted": plotted.item(),
    }


def evaluated_with_a_graph() -> Measured:
    import torch

    layer = torch.nn.Linear(4, 4)
    outputs = [layer(torch.ones(1, 4)).tanh() for _ in range(10)]
    return {"batches evaluated": len(outputs), "nodes kept alive": nodes_behind(outputs)}


def evaluated_without() -> Measured:
    import torch

    layer = torch.nn.Linear(4, 4)
    with torch.no_grad():
        outputs = [layer(torch.ones(1, 4)).tanh() for _ in range(10)]
    return {"batches evaluated": len(outputs), "nodes kept alive": nodes_behind(outputs)}


def leaf_replaced() -> Measured:
    import warnings

    import torch

    w = torch.tensor(1.0, requires_grad=True)
    ((w * 2 - 4) ** 2).backward()
    w = w - 0.1 * w.grad  # a new tensor, the result of an operation: no leaf
    ((w * 2 - 4) ** 2).backward()
    with warnings.catch_warnings(action="ignore"):
        return {"w is a leaf": w.is_leaf, "gradient of the second step": w.grad}


def leaf_changed() -> Measured:
    import torch

    w = torch.tensor(1.0, requires_grad=True)
    ((w * 2 - 4) ** 2).backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
    ((w * 2 - 4) ** 2).backward()
    return {"w is a leaf": w.is_leaf, "gradient of the second step": round(w.grad.item(), 6)}


def _evaluated_twice(model: Any) -> Measured:
    import torch

    x = torch.arange(8.0).reshape(4, 2)
    first, second = model(x), model(x)
    mean = model[0].running_mean
    return {
        "one input, two outputs: apart by": (first - second).abs().max().item(),
        "running mean after evaluation": round(mean.norm().item(), 6),
    }


def _normalised() -> Any:
    import torch

    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.BatchNorm1d(2), torch.nn.Dropout(0.5))


def eval_forgotten() -> Measured:
    return _evaluated_twice(_normalised())


def eval_called() -> Measured:
    return _evaluated_twice(_normalised().eval())


def nan_behind_where() -> Measured:
    import torch

    x = torch.tensor(0.0, requires_grad=True)
    y = torch.where(x > 0, x.sqrt(), 0.0)
    y.backward()
    return {"value": y.item(), "gradient": x.grad.item()}


def where_within() -> Measured:
    import torch

    x = torch.tensor(0.0, requires_grad=True)
    y = torch.where(x > 0, torch.where(x > 0, x, 1.0).sqrt(), 0.0)
    y.backward()
    return {"value": y.item(), "gradient": x.grad.item()}


def integer_leaf() -> Measured:
    import torch

    try:
        return {"gradient": torch.tensor(3, requires_grad=True)}
    except RuntimeError as error:
        return {"gradient": refused(error)}


def float_leaf() -> Measured:
    import torch

    w = torch.tensor(3.0, requires_grad=True)
    (w**2).backward()
    return {"gradient": w.grad.item()}
