"""Rotary positions done otherwise: pairs, direction, width, angles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jaxdl.parity.calls import Call, Reaching
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants.variant import Variant

CURE = "turn PyTorch's pairs by PyTorch's angles; its halves are (i, i + width / 2)"


def turned(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`add` or `sub` of x · cos and turned(x) · sin, where turned(x) is x's numbers in pairs."""
    found = _rotation(call, calls)
    if found is None:
        return
    product, place, cos, sin, partner, sign = found
    width = cos.shape[-1]
    half = width // 2

    def made(change: Any) -> Any:
        def run(args: Any, kwargs: Any, given: Any) -> Any:
            return change(given[0][0][place])

        return Reaching((product,), run)

    def rotated(x: Any, cos: Any, sin: Any, partner: Any, sign: Any) -> Any:
        return x * cos + x[..., partner] * sign * sin

    halves = _halves(width)
    pairs = _pairs(width)
    # In which place each pair's angle stands now; the first of its two.
    firsts = [k for k in range(width) if k < partner[k]]
    for name, (other, signs), index in (
        ("(2i, 2i + 1)", pairs, [firsts[k // 2] for k in range(2 * len(firsts))]),
        ("(i, i + width / 2)", halves, [firsts[k % half] for k in range(2 * len(firsts))]),
    ):
        if other == partner:
            continue
        c, z, signed = cos[..., index], sin[..., index], cos.new_tensor(signs)
        told = f"the numbers {name} of a head are turned together, not {_named(partner, width)}"
        yield Variant(
            told, CURE, made(lambda x, c=c, z=z, p=other, s=signed: rotated(x, c, z, p, s))
        )
        yield Variant(
            f"{told}, by the angles in PyTorch's places",
            CURE,
            made(lambda x, p=other, s=signed: rotated(x, cos, sin, p, s)),
        )
    yield Variant(
        "they are turned in the other direction",
        CURE,
        made(lambda x: rotated(x, cos, -sin, partner, sign)),
    )
    yield Variant(
        "sine and cosine are exchanged", CURE, made(lambda x: rotated(x, sin, cos, partner, sign))
    )
    yield Variant("the positions are left out: nothing is turned", CURE, made(lambda x: x))
    import torch

    for part in range(2, width, 2):
        mask = torch.arange(width) < part
        inner = _halves(part)
        cut = (
            (
                "as a head of that width",
                _padded(inner, width),
                [k % (part // 2) for k in range(part)],
            ),
            ("in the pairs of the whole", (partner, sign.tolist()), list(range(part))),
            (
                "with pairs side by side",
                _padded(_pairs(part), width),
                [k // 2 for k in range(part)],
            ),
        )
        for how, (other, signs), index in cut:
            index = [*index, *range(part, width)]
            c = torch.where(mask, cos[..., index], 1.0)
            s = torch.where(mask, sin[..., index], 0.0)
            signed = cos.new_tensor(signs)
            yield Variant(
                f"only the first {part} of {width} numbers of a head are turned, {how}",
                CURE,
                made(lambda x, c=c, s=s, p=other, g=signed: rotated(x, c, s, p, g)),
            )


def put_together(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`cat`, or `flatten` of a `stack`, of x1 · cos - x2 · sin and x1 · sin + x2 · cos.

    The numbers that are turned together are x1 and x2: halves of a head, or every other number.
    """
    import torch

    pairs = call.name != "cat"
    joined = [calls[n] for n, _ in call.sources.values()] if pairs else [call]
    if len(joined) != 1 or (pairs and joined[0].name != "stack"):
        return
    parts = [calls[number] for number, _ in joined[0].sources.values()]
    if len(parts) != 2 or parts[0].name != "sub":
        return
    products = [calls[number] for number, _ in parts[0].sources.values()]
    if len(products) != 2 or any(p.name != "mul" or len(p.args) != 2 for p in products):
        return
    first, second = products
    places = [
        (i, j)
        for i in (0, 1)
        for j in (0, 1)
        if all(isinstance(a, torch.Tensor) for a in (*first.args, *second.args))
        and first.args[1 - i].shape == second.args[1 - j].shape
        and torch.allclose(
            first.args[1 - i].double() ** 2 + second.args[1 - j].double() ** 2,
            torch.ones((), dtype=torch.float64),
        )
    ]
    if not places:
        return
    i, j = places[0]

    def run(args: Any, kwargs: Any, given: Any) -> Any:
        (one, _), (two, _) = given
        x1, cos, x2, sin = one[i], one[1 - i], two[j], two[1 - j]
        if pairs:  # in PyTorch; in the port halves
            x1, x2 = torch.stack([x1, x2], -1).flatten(-2).chunk(2, -1)
        else:
            x = torch.cat([x1, x2], -1)
            x1, x2 = x[..., 0::2], x[..., 1::2]
        turned = [x1 * cos - x2 * sin, x1 * sin + x2 * cos]
        y = torch.cat(turned, -1) if pairs else torch.stack(turned, -1).flatten(-2)
        return y.reshape(call.outputs[0].shape)

    ours, theirs = ("(i, i + width / 2)", "(2i, 2i + 1)")[:: 1 if pairs else -1]
    told = f"the numbers {ours} of a head are turned together, not {theirs}"
    yield Variant(told, CURE, Reaching((first, second), run))


def _rotation(call: Call, calls: Sequence[Call]) -> Any:
    """(the product that takes x, x's place in it, cos, sin, each number's partner, its sign)."""
    import torch

    products = [calls[number] for number, _ in call.sources.values()]
    if len(products) != 2 or any(p.name != "mul" or len(p.args) != 2 for p in products):
        return None
    first, second = products
    for place in (0, 1):
        for other in (0, 1):
            x, cos = first.args[place], first.args[1 - place]
            y, sin = second.args[other], second.args[1 - other]
            tensors = (x, cos, y, sin)
            if not all(isinstance(t, torch.Tensor) and t.ndim for t in tensors):
                continue
            if x.shape != y.shape or cos.shape[-1] != x.shape[-1] != 1:
                continue
            if not torch.allclose(cos**2 + sin**2, torch.ones_like(cos)):
                continue
            found = _partners(x, y)
            if found is not None:
                sin = -sin if call.name == "sub" else sin
                return first, place, cos, sin, found[0], cos.new_tensor(found[1])
    return None


def _partners(x: Any, y: Any) -> tuple[list[int], list[int]] | None:
    """Column by column: y's are x's in other places, with a sign; two and two for each other."""
    import torch

    x, y = x.reshape(-1, x.shape[-1]), y.reshape(-1, y.shape[-1])
    places, signs = [], []
    for k in range(x.shape[1]):
        found = [
            (i, s)
            for i in range(x.shape[1])
            for s in (1, -1)
            if i != k and torch.equal(s * x[:, i], y[:, k])
        ]
        if len(found) != 1:
            return None
        places.append(found[0][0])
        signs.append(found[0][1])
    if any(places[places[k]] != k or signs[k] != -signs[places[k]] for k in range(len(places))):
        return None
    return places, signs


def _halves(width: int) -> tuple[list[int], list[int]]:
    half = width // 2
    return [(k + half) % width for k in range(width)], [-1] * half + [1] * half


def _pairs(width: int) -> tuple[list[int], list[int]]:
    return [k ^ 1 for k in range(width)], [1 if k % 2 else -1 for k in range(width)]


def _padded(pairs: tuple[list[int], list[int]], width: int) -> tuple[list[int], list[int]]:
    rest = range(len(pairs[0]), width)
    return [*pairs[0], *rest], [*pairs[1], *(1 for _ in rest)]


def _named(partner: list[int], width: int) -> str:
    if partner == _halves(width)[0]:
        return "(i, i + width / 2)"
    return "(2i, 2i + 1)" if partner == _pairs(width)[0] else f"(0, {partner[0]}), …"


WITHIN = {
    **dict.fromkeys(("add", "sub"), turned),
    **dict.fromkeys(("cat", "flatten", "reshape", "view"), put_together),
}
