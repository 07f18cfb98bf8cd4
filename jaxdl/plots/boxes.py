"""A program as boxes and arrows, with the values and the gradients in them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from jaxdl.plots.canvas import LOSS
from jaxdl.plots.curves import darker

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass
class Box:
    """A box of a graph.

    Args:
        label: what stands in it.
        inputs: the keys of the boxes from which an arrow leads here.
        value: the number beside it; None: none.
    """

    label: str
    inputs: list[Hashable]
    value: float | None = None


def graph(axes: Axes, title: str, boxes: Mapping[Hashable, Box]) -> None:
    """Draw a graph without circles, its arrows pointing down.

    Args:
        axes: where.
        title: above it.
        boxes: key -> box.
    """

    @cache
    def level(key: Hashable) -> int:
        return max((1 + level(before) for before in boxes[key].inputs), default=0)

    rows: dict[int, list[Hashable]] = {}
    for key, box in boxes.items():
        used = [level(after) for after in boxes if key in boxes[after].inputs]
        height = level(key) if box.inputs else min(used, default=1) - 1  # close to its first use
        rows.setdefault(height, []).append(key)
    place: dict[Hashable, tuple[float, int]] = {}
    for height, keys in sorted(rows.items()):  # each below what it comes from, so few arrows cross
        above = {key: [place[before][0] for before in boxes[key].inputs] or [0.5] for key in keys}
        keys.sort(key=lambda key: sum(above[key]) / len(above[key]))
        for column, key in enumerate(keys):
            place[key] = (column + 0.5) / len(keys), -height
    frame = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": "0.4"}
    drawn = {
        key: axes.text(*place[key], box.label, fontsize=9, ha="center", va="center", bbox=frame)
        for key, box in boxes.items()
    }
    for key, box in boxes.items():
        for before in box.inputs:
            ends = {"patchA": drawn[before].get_bbox_patch(), "patchB": drawn[key].get_bbox_patch()}
            arrow = {"arrowstyle": "->", "color": "0.5", "shrinkA": 0, "shrinkB": 1, **ends}
            axes.annotate("", place[key], place[before], arrowprops=arrow, zorder=4)
        if box.value is not None:
            beside = {"xytext": (7, 0), "textcoords": "offset points", "va": "center"}
            value = f"{box.value:g}".replace("-", "−")
            axes.annotate(
                value, (1, 0.5), xycoords=drawn[key], color=darker(LOSS), fontsize=9, **beside
            )
    axes.set(title=title, xlim=(0, 1), ylim=(-max(rows) - 0.5, 0.5))
    axes.axis("off")


SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷", "neg": "−"}


def boxes_of_jaxpr(
    jaxpr: Any, names: Sequence[str], results: Sequence[str], values: Sequence[Any]
) -> dict[Hashable, Box]:
    """A box for every operation of a jaxpr that its results need, with the number it computes.

    Args:
        jaxpr: what `jax.make_jaxpr(f)(*args)` returns; operations on single numbers.
        names: of the inputs.
        results: of the outputs.
        values: the inputs.
    """
    inner = jaxpr.jaxpr
    known = dict(zip(inner.constvars, jaxpr.consts, strict=True))
    known |= dict(zip(inner.invars, values, strict=True))
    boxes: dict[Hashable, Box] = {
        var: Box(name, [], float(known[var])) for var, name in zip(inner.invars, names, strict=True)
    }
    needed = set(inner.outvars)
    for equation in reversed(inner.eqns):
        if needed.intersection(equation.outvars):
            needed |= {var for var in equation.invars if not hasattr(var, "val")}
    for equation in inner.eqns:
        (made,) = equation.outvars
        if made not in needed:  # recorded, and used by nothing
            continue
        operands = equation.invars
        read = [var.val if hasattr(var, "val") else known[var] for var in operands]
        known[made] = equation.primitive.bind(*read, **equation.params)
        label = str(equation.primitive.name)
        label = SIGNS.get(label, label)
        if label == "integer_pow":
            label = "square" if equation.params["y"] == 2 else f"power {equation.params['y']}"
        if hasattr(operands[0], "val"):
            label = f"{read[0]:g} {label}"
        if len(operands) > 1 and hasattr(operands[1], "val"):
            label = f"{label} {read[1]:g}"
        inputs = [var for var in operands if not hasattr(var, "val")]
        boxes[made] = Box(label, inputs, float(known[made]))
    for index, (var, name) in enumerate(zip(inner.outvars, results, strict=True)):
        boxes[index] = Box(name, [var], float(known[var]))
    return boxes


def boxes_of_grad_fn(loss: Any, names: Mapping[str, Any]) -> dict[Hashable, Box]:
    """A box for every node of the graph behind a PyTorch loss, with the gradient that reaches it.

    Calls `loss.backward()`, since only the walk knows the gradients.

    Args:
        loss: a tensor of one element.
        names: name -> parameter, as `named_parameters` gives them; of one element.
    """
    boxes: dict[Hashable, Box] = {"loss": Box("l", [], loss.item())}
    todo = [("loss", loss.grad_fn)]
    while todo:
        before, node = todo.pop(0)
        if node not in boxes:
            boxes[node] = box = Box(type(node).__name__, [])
            node.register_prehook(partial(_keep, box))
            todo += [(node, after) for after, _ in node.next_functions if after is not None]
        boxes[node].inputs.append(before)
    loss.backward()
    for name, parameter in names.items():
        ends = [node for node in boxes if getattr(node, "variable", None) is parameter]
        boxes[name] = Box(f"{name}.grad", [*ends], parameter.grad.item())
    return boxes


def _keep(box: Box, gradients: Any) -> None:
    box.value = gradients[0].item()
