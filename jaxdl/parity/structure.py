"""Which layer of PyTorch belongs to which place in a JAX model: by rules, shapes and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jaxdl.parity.map import Layer, MapError
from jaxdl.parity.rules import LINEAR, SAME, linear_after_flatten
from jaxdl.parity.rules.known import known, unlikely

if TYPE_CHECKING:
    from jaxdl.parity.rule import Rule

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Fit:
    """A rule that carries a layer's tensors into the leaves at a path."""

    path: str
    leaves: tuple[str, ...]  # their whole names
    rules: tuple[Rule, ...]  # more than one: other layouts of equal shapes


class Search:
    """Which layer belongs to which path.

    Args:
        theirs: shapes by PyTorch's names, tied tensors under one of theirs.
        ours: shapes by the JAX model's leaf names.
        module: the `torch.nn.Module`, where there is one.
        rules: by PyTorch's prefix, those that the caller gives.
        tied: second names of PyTorch's tensors -> their first.
    """

    def __init__(
        self,
        theirs: Shapes,
        ours: Shapes,
        module: Any,
        rules: dict[str, Rule],
        tied: Mapping[str, str],
    ):
        self.ours, self.module, self.rules, self.tied = ours, module, rules, tied
        self.tensors = _layers(theirs)
        self.fits = {prefix: self._fits(prefix) for prefix in self.tensors}
        self._split_what_fits_nowhere()
        self.found: dict[str, Fit] = {}
        self.how: dict[str, str] = {}

    @property
    def open(self) -> list[str]:
        """The layers that have no place yet, in PyTorch's order."""
        return [prefix for prefix in self.tensors if prefix not in self.found]

    def may_be_flattened(self, images: Mapping[str, tuple[int, ...]]) -> None:
        """Add the other order of a linear layer's rows after a flattened image (C, H, W)."""
        for prefix, image in images.items():
            if len(image) != 3 or image[1:] == (1, 1) or prefix in self.rules:
                continue
            rule = linear_after_flatten(*image)
            for number, fit in enumerate(self.fits.get(prefix, [])):
                if fit.rules == (LINEAR,):
                    self.fits[prefix][number] = replace(fit, rules=(LINEAR, rule))

    def given(self, pairs: dict[str, str]) -> None:
        """What the caller says."""
        for prefix, path in pairs.items():
            if prefix not in self.tensors:
                raise MapError(
                    f"PyTorch's model has no layer {prefix!r}; it has {_some(self.tensors)}"
                )
            fits = [fit for fit in self.fits[prefix] if fit.path == path]
            if not fits:
                raise MapError(
                    f"no rule carries {_told(prefix, self.tensors[prefix])} of PyTorch into "
                    f"{path!r} of the JAX model, which has {_below(self.ours, path)}"
                )
            self._take(prefix, fits[0], "given")

    def equal_names(self) -> None:
        """A layer and a path of the same name, or of which one's name ends with the other's."""
        for alike in (_same, _ends):
            for prefix in self.open:
                fits = [fit for fit in self._free(prefix) if alike(prefix, fit.path)]
                others = [
                    other
                    for other in self.open
                    if fits
                    and any(
                        alike(other, fit.path)
                        for fit in self._free(other)
                        if fit.path == fits[0].path
                    )
                ]
                if len(fits) == 1 and others == [prefix]:
                    self._take(prefix, fits[0], "name")

    def only_choice(self) -> None:
        """A layer that fits one path alone, which no other layer fits; until none is left."""
        progress = True
        while progress:
            progress = False
            free = {prefix: self._free(prefix) for prefix in self.open}
            wanted = Counter(leaf for fits in free.values() for fit in fits for leaf in fit.leaves)
            for prefix, fits in free.items():
                if len(fits) == 1 and all(wanted[leaf] == 1 for leaf in fits[0].leaves):
                    self._take(prefix, fits[0], "shape")
                    progress = True

    def order(self, calls: list[str], uses: list[str]) -> None:
        """Layers that fit the same paths, by the order in which the two programs come to them.

        Args:
            calls: PyTorch's modules.
            uses: the JAX model's leaves.
        """
        rank = {leaf: number for number, leaf in enumerate(uses)}
        groups: dict[frozenset[str], list[str]] = {}
        for prefix in self.open:
            groups.setdefault(frozenset(fit.path for fit in self._free(prefix)), []).append(prefix)
        for prefixes in groups.values():
            owners = {prefix: self._owner(prefix) for prefix in prefixes}
            free = {
                fit.path: min(rank.get(leaf, len(rank)) for leaf in fit.leaves)
                for fit in self._free(prefixes[0])
            }
            unused = len(rank) in free.values() or not set(owners.values()) <= set(calls)
            if unused or len(free) != len(prefixes):
                continue
            in_order = sorted(prefixes, key=lambda prefix: calls.index(owners[prefix]))
            for prefix, path in zip(in_order, sorted(free, key=free.__getitem__), strict=True):
                chosen = next(fit for fit in self._free(prefix) if fit.path == path)
                self._take(prefix, chosen, "order of use")

    def _owner(self, prefix: str) -> str:
        """The module that a layer, or a tensor for itself, belongs to."""
        return prefix if "" not in self.tensors[prefix] else prefix.rpartition(".")[0]

    def must_be_settled(self) -> None:
        """Raise where a layer has no path, or more than one."""
        if self.open:
            raise MapError("\n".join(self._open_questions()))
        if left := [leaf for leaf in self.ours if leaf not in self._taken()]:
            tied = sorted(f"{name} to {owner}" for name, owner in self.tied.items())
            raise MapError(
                f"nothing in PyTorch's model belongs to the JAX model's {_some(left)}: every layer "
                "has its place already"
                + (f"; PyTorch ties {_some(tied)}: the two are one leaf there" if tied else "")
            )

    def keep_as_it_stands(self) -> None:
        """Where all has PyTorch's names and nothing is turned, a square weight is not either."""
        for prefix, fit in self.found.items():
            if set(fit.leaves) != {f"{prefix}.{name}".strip(".") for name in self.tensors[prefix]}:
                return
        settled = [
            fit.rules[0]
            for prefix, fit in self.found.items()
            if len(fit.rules) == 1 and any(len(s) > 1 for s in self.tensors[prefix].values())
        ]
        if settled and all(rule is SAME for rule in settled):
            for prefix, fit in self.found.items():
                if len(fit.rules) > 1 and SAME in fit.rules:
                    self.found[prefix] = replace(fit, rules=(SAME,))

    def must_have_one_layout(self) -> None:
        """Raise where shapes leave a choice of layout."""
        for prefix, options in self.layers().items():
            if len(options) > 1:
                names = ", ".join(repr(layer.rule.name) for layer in options)
                raise MapError(
                    f"{_told(prefix, self.tensors[prefix])} of PyTorch fits "
                    f"{self.found[prefix].path!r} in more than one layout ({names}); give "
                    f"rules={{{prefix!r}: …}}, or inputs on which the outputs decide"
                )

    def layers(self) -> dict[str, tuple[Layer, ...]]:
        """The layers of the map, in PyTorch's order: more than one where layouts are alike."""
        return {
            prefix: tuple(
                Layer(prefix, self.found[prefix].path, rule) for rule in self.found[prefix].rules
            )
            for prefix in self.tensors
        }

    def _open_questions(self) -> Iterator[str]:
        for prefix in self.open[:4]:
            free = self._free(prefix)
            told = _told(prefix, self.tensors[prefix])
            if not free:
                taken = [fit.path for fit in self.fits[prefix]]
                rest = [leaf for leaf in self.ours if leaf not in self._taken()]
                why = (
                    f"what it fits has gone to other layers ({_some(taken)})"
                    if taken
                    else "no known rule carries it into any place of the JAX model; free there: "
                    f"{_shapes(rest, self.ours)}"
                )
                yield (
                    f"{told} of PyTorch has no place: {why}. Give rules={{{prefix!r}: a Rule}} "
                    f"or pairs={{{prefix!r}: 'its.path'}}"
                )
            elif rivals := self._rivals(prefix, free):
                yield (
                    f"{told} of PyTorch and {_some(rivals)} fit {free[0].path!r} of the JAX model, "
                    "and nothing else: a leaf holds one tensor. Flax's recurrent cells have one "
                    "bias where PyTorch's have two; jaxdl.nn.RNN, GRU and LSTM have both"
                )
            else:
                yield (
                    f"{told} of PyTorch fits several places of the JAX model: "
                    f"{_some(fit.path for fit in free)}. Give pairs={{{prefix!r}: "
                    f"{free[0].path!r}}} or whichever it is, or inputs: the order of use decides"
                )

    def _rivals(self, prefix: str, free: list[Fit]) -> list[str]:
        """The layers that fit the same place, and like this one no other."""
        paths = {fit.path for fit in free}
        others = [other for other in self.open if other != prefix]
        alike = [o for o in others if {fit.path for fit in self._free(o)} == paths]
        return alike if len(paths) == 1 else []

    def _split_what_fits_nowhere(self) -> None:
        """A layer whose tensors lie apart in the JAX model: each for itself."""
        tensors: dict[str, Shapes] = {}
        for prefix, shapes in self.tensors.items():
            if self.fits[prefix] or prefix in self.rules or "" in shapes:
                tensors[prefix] = shapes
                continue
            alone = {_joined(prefix, name): {"": shape} for name, shape in shapes.items()}
            fits = {name: self._fits_of(name, shape) for name, shape in alone.items()}
            counters = {name for name in alone if name.endswith("num_batches_tracked")}
            if all(fits[name] for name in alone.keys() - counters):
                tensors |= alone
                self.fits |= fits
            else:
                tensors[prefix] = shapes
        self.tensors = tensors

    def _fits(self, prefix: str) -> list[Fit]:
        return self._fits_of(prefix, self.tensors[prefix])

    def _fits_of(self, prefix: str, tensors: Shapes) -> list[Fit]:
        if prefix in self.rules:
            return self._fits_by([self.rules[prefix]], tensors)
        module = self._module(prefix)
        found = self._fits_by(known(tensors, module), tensors)
        if not found and module is None:
            found = self._fits_by(unlikely(tensors), tensors)
        return found

    def _fits_by(self, rules: list[Rule], tensors: Shapes) -> list[Fit]:
        found: dict[str, Fit] = {}
        for rule in rules:
            for path, leaves in _places(self.ours, rule, tensors):
                before = found[path].rules if path in found else ()
                found[path] = Fit(path, leaves, (*before, rule))
        return list(found.values())

    def _module(self, prefix: str) -> Any:
        try:
            return self.module and self.module.get_submodule(prefix)
        except AttributeError:  # a tensor's name
            return None

    def _taken(self) -> set[str]:
        return {leaf for fit in self.found.values() for leaf in fit.leaves}

    def _free(self, prefix: str) -> list[Fit]:
        taken = self._taken()
        return [fit for fit in self.fits[prefix] if not taken & set(fit.leaves)]

    def _take(self, prefix: str, fit: Fit, how: str) -> None:
        self.found[prefix], self.how[prefix] = fit, how


def _places(ours: Shapes, rule: Rule, tensors: Shapes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where in the JAX model the leaves are that the rule makes of these tensors."""
    carried = _carried(rule, tensors)
    if not carried:
        return
    first = next(iter(carried))
    ending = f".{first}" if first else ""
    for name in ours:
        if not (f".{name}".endswith(ending) and (first or ours[name] == carried[first])):
            continue
        path = f".{name}"[: len(name) + 1 - len(ending)].removeprefix(".")
        there = {leaf: ours.get(_joined(path, leaf)) for leaf in rule.jax}
        if {leaf: shape for leaf, shape in there.items() if shape is not None} == carried:
            yield path, tuple(_joined(path, leaf) for leaf in carried)


def _carried(rule: Rule, tensors: Shapes) -> Shapes:
    """The shapes of the leaves that the rule makes of tensors; empty: it does not take them."""
    import numpy as np

    needed = set(rule.torch) - rule.optional.keys() - set(rule.optional.values())
    names = tensors.keys() - set(rule.torch_only)
    if not needed <= names or not names <= set(rule.torch):
        return {}
    blank = {
        name: np.broadcast_to(np.zeros((), np.float32), tensors[name])
        for name in rule.torch
        if name in names
    }
    try:
        leaves = {name: leaf.shape for name, leaf in rule.to_jax(blank).items()}
    except (ValueError, IndexError):  # of another rank than the rule's
        return {}
    return {} if rule.misfit(leaves) else leaves


def _layers(theirs: Shapes) -> dict[str, Shapes]:
    """PyTorch's tensors by layer: its prefix, and below it name -> shape.

    A layer is what shares a prefix; attention has its output layer with it, and what is
    parametrised its parametrisations.
    """
    found: dict[str, Shapes] = {}
    attention = {
        prefix
        for prefix, _, name in (name.rpartition(".") for name in theirs)
        if name in ("in_proj_weight", "q_proj_weight")
    }
    for name, shape in theirs.items():
        prefix = name.rpartition(".")[0]
        if ".parametrizations." in f".{name}":
            prefix = f".{name}".partition(".parametrizations.")[0].removeprefix(".")
        elif prefix.rpartition(".")[2] == "out_proj" and prefix.rpartition(".")[0] in attention:
            prefix = prefix.rpartition(".")[0]
        found.setdefault(prefix, {})[name.removeprefix(prefix).removeprefix(".")] = shape
    return found


def _same(prefix: str, path: str) -> bool:
    return _plain(prefix) == _plain(path)


def _ends(prefix: str, path: str) -> bool:
    """One of the two names ends with the other."""
    a, b = _plain(prefix), _plain(path)
    return bool(a and b) and a[-min(len(a), len(b)) :] == b[-min(len(a), len(b)) :]


def _plain(name: str) -> tuple[str, ...]:
    """A name's parts, however they are written: layers_0, layers.0, Layers0."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", ".", name).lower()
    return tuple(re.findall(r"[a-z]+|\d+", words))


def _joined(*parts: str) -> str:
    return ".".join(part for part in parts if part)


def _told(prefix: str, tensors: Shapes) -> str:
    shapes = ", ".join(f"{name or 'tensor'} {shape}" for name, shape in tensors.items())
    return f"{prefix!r} ({shapes})"


def _shapes(names: Iterable[str], shapes: Shapes) -> str:
    names = list(names)
    told = ", ".join(f"{name!r} {shapes[name]}" for name in names[:6])
    return (told or "nothing") + (" …" if len(names) > 6 else "")


def _below(ours: Shapes, path: str) -> str:
    """What the JAX model has at a path."""
    return _shapes([n for n in ours if f"{n}.".startswith(f"{path}.") or not path], ours)


def _some(names: Iterable[str]) -> str:
    names = list(names)
    return (", ".join(map(repr, names[:6])) or "nothing") + (" …" if len(names) > 6 else "")
