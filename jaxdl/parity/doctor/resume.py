"""A training that is saved and loaded in the middle: what comes back is not what went in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jaxdl.parity.doctor.arrays import how, taken_from
from jaxdl.parity.doctor.diagnosis import Diagnosis
from jaxdl.parity.doctor.weights import places_of

if TYPE_CHECKING:
    from jaxdl.parity.doctor.diagnosis import Pair

Leaves = dict[str, Any]
AFTER = 3
"""So many steps are taken after the interruption."""


def resume(
    resumed: Callable[[Any, Any], tuple[Any, Any]], optimizer: Any, steps: int, pair: Pair
) -> Diagnosis | None:
    """The first leaf that is lost on the way; None: training goes on as if it had not stopped.

    Args:
        resumed: (params, opt_state) -> what is loaded after saving them.
        optimizer: Optax's.
        steps: before it is interrupted.
        pair: both models, in the user's own precision.
    """
    import jax

    step = _step(optimizer, pair)
    params = pair.mine.params
    now = params, optimizer.init(params), pair.mine.state
    history = [_leaves(now[0], now[1])]
    for _ in range(steps):
        now = step(*now)
        history.append(_leaves(now[0], now[1]))
    back = resumed(now[0], now[1])
    params_back, state_back = back
    names = _torch_names(pair)
    for own, other, what in ((now[0], params_back, "params"), (now[1], state_back, "opt_state")):
        told = _form(own, other, what)
        if told:
            return told
    wrong = _wrong(history, _leaves(params_back, state_back))
    if wrong:
        return _told(wrong, history, names)
    on, again = now, (params_back, state_back, now[2])
    for k in range(AFTER):
        on, again = step(*on), step(*again)
        pairs = zip(jax.tree.leaves(on), jax.tree.leaves(again), strict=True)
        if any(not _equal(a, b) for a, b in pairs):
            return Diagnosis(
                "resume",
                f"step {k + 1} after it",
                "every leaf comes back as it was, and yet training goes on otherwise",
                "keep nothing of the training outside params and opt_state",
            )
    return None


def _step(optimizer: Any, pair: Pair) -> Callable[..., Any]:
    import jax
    import optax

    optimizer = optax.with_extra_args_support(optimizer)

    @jax.jit
    def step(params: Any, slots: Any, state: Any) -> Any:
        def loss(params: Any) -> Any:
            return pair.loss(params, state)

        (value, after), gradient = jax.value_and_grad(loss, has_aux=True)(params)
        updates, slots = optimizer.update(
            gradient, slots, params, value=value, grad=gradient, value_fn=lambda p: loss(p)[0]
        )
        return optax.apply_updates(params, updates), slots, after

    return step


def _leaves(params: Any, slots: Any) -> Leaves:
    """All numbers by name: "params head.kernel", "ScaleByAdamState.mu head.kernel"."""
    return _named(params, "params") | _named(slots, "opt_state")


def _named(tree: Any, first: str) -> Leaves:
    from jax.tree_util import tree_flatten_with_path

    found: Leaves = {}
    for path, leaf in tree_flatten_with_path(tree)[0]:
        name = _title(tree, path, first)
        count = sum(key == name or key.startswith(f"{name} #") for key in found)
        found[f"{name} #{count + 1}" if count else name] = leaf
    return found


def _title(tree: Any, path: tuple[Any, ...], first: str) -> str:
    """The last named tuple on the way with its field, and what comes after it."""
    from jax.tree_util import keystr

    title, rest = first, []
    here = tree
    for key in path:
        name = keystr((key,), simple=True)
        if hasattr(here, "_fields") and name in here._fields:
            title, rest = f"{type(here).__name__}.{name}", []
        elif title != "opt_state" or not name.isdigit():
            rest.append(name)
        here = _inside(here, key)
    return " ".join(part for part in (title, ".".join(rest)) if part)


def _inside(tree: Any, key: Any) -> Any:
    name = getattr(key, "name", None)
    if name is not None:
        return getattr(tree, name, None)
    try:
        return tree[getattr(key, "key", getattr(key, "idx", None))]
    except (TypeError, KeyError, IndexError):
        return None


def _torch_names(pair: Pair) -> dict[str, str]:
    from jaxdl.parity.leaves import named_leaves

    leaves = named_leaves(pair.mine.whole(pair.mine.params, None), pair.parameter_map.collections)
    return places_of(pair, leaves)


def _form(own: Any, other: Any, what: str) -> Diagnosis | None:
    """The tree itself is another one."""
    import jax

    a, b = jax.tree.structure(own), jax.tree.structure(other)
    if a == b:
        return None
    mine, yours = _named(own, what), _named(other, what)
    lost = [name for name in mine if name not in yours]
    cure = "restore into a state of the same form: optimizer.init(params) as the template"
    if len(mine) == len(yours):
        kind = type(other).__name__
        cause = f"it comes back in another form, a {kind}, that the optimizer does not know"
        return Diagnosis("resume", what, cause, cure, certain=True)
    place = ", ".join(lost[:3]) or what
    cause = (
        f"{len(mine) - len(yours)} of {len(mine)} leaves are not saved"
        if len(mine) > len(yours)
        else f"there are {len(yours) - len(mine)} leaves more than before"
    )
    return Diagnosis("resume", place, cause, cure, certain=True)


def _wrong(history: list[Leaves], back: Leaves) -> dict[str, str]:
    """What became of each leaf that is not as it was."""
    found = {}
    now = history[-1]
    for name, leaf in now.items():
        if not _equal(leaf, back[name]):
            found[name] = _why(name, leaf, back[name], history, back)
    return found


def _equal(a: Any, b: Any) -> bool:
    import numpy as np

    same_type = _type(a) == _type(b)
    a, b = _plain(a), _plain(b)
    nan = a.dtype.kind == "f"
    return same_type and a.shape == b.shape and np.array_equal(a, b, equal_nan=nan)


def _type(leaf: Any) -> str:
    import numpy as np

    return str(leaf.dtype if hasattr(leaf, "dtype") else np.asarray(leaf).dtype)


def _plain(leaf: Any) -> Any:
    """A leaf as NumPy has it; a key of random numbers as its data."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    if hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    array = np.asarray(leaf)
    return array if array.dtype.kind in "biufc" else array.astype(np.float32)


def _why(name: str, leaf: Any, back: Any, history: list[Leaves], all_back: Leaves) -> str:
    import numpy as np

    a, b = _plain(leaf), _plain(back)
    if a.shape != b.shape:
        return f"its shape is {b.shape}, not {a.shape}"
    started, earlier = _plain(history[0][name]), [_plain(one[name]) for one in history[:-1]]
    types = f"{_type(back)}, not {_type(leaf)}"
    type_told = "" if _type(leaf) == _type(back) else f", and is {types}"
    if np.array_equal(b, a):
        return f"it is {types}"
    if np.array_equal(b, started):
        zeros = "all zeros again" if b.ndim and not b.any() else "set back to its start"
        value = f" ({b})" if not b.ndim else ""
        return f"it is {zeros}{value}{type_told}"
    for age, old in enumerate(reversed(earlier), 1):
        if np.array_equal(b, old):
            return f"it is {age} {'step' if age == 1 else 'steps'} old{type_told}"
    if not a.ndim:
        return f"it is {b}, not {a}{type_told}"
    others = {other: _plain(x) for other, x in history[-1].items() if other != name}
    wide = np.asarray(b, np.float64)
    for other, change in taken_from(wide, others):
        mutual = other in all_back and _equal(all_back[other], leaf)
        tail = f" ({change})" if change else ""
        if mutual:
            return f"it is exchanged with {other}{tail}"
        return f"it is made of {other}{tail}, as if the two were one"
    told = how(b, a)
    return (told or "its numbers are others") + type_told


def _told(wrong: Mapping[str, str], history: list[Leaves], names: Mapping[str, str]) -> Diagnosis:
    """One sentence for all of them."""
    import numpy as np

    moved = [n for n in history[-1] if not _equal(history[-1][n], history[0][n])]
    slots = [n for n in moved if not n.startswith("params ")]
    back = ("set back", "all zeros again")
    reset = {n for n, why in wrong.items() if any(word in why for word in back)}
    cure = "save and load the whole of (params, opt_state)"
    if slots and set(slots) <= reset and set(wrong) <= set(slots):
        kinds = list(dict.fromkeys(n.partition(" ")[0] for n in slots))
        cause = "the optimizer's state is set back to its start: it is built anew"
        return Diagnosis("resume", "opt_state: " + ", ".join(kinds), cause, cure, certain=True)
    first = next(iter(wrong))
    cause = wrong[first]
    slot = first.partition(" ")[0]
    whole = [n for n in history[-1] if n.partition(" ")[0] == slot]
    some = [n for n in wrong if n.partition(" ")[0] == slot]
    floats = [n for n in whole if np.asarray(_plain(history[-1][n])).dtype.kind == "f"]
    if (
        len(some) > 1
        and (set(some) == set(whole) or set(some) == set(floats))
        and len({wrong[n] for n in some}) == 1
    ):
        place = slot
    else:
        told = [_place(n, names) for n in list(wrong)[:3]]
        place = ", ".join(told) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")
    others = dict.fromkeys(f"{n}: {why}" for n, why in wrong.items() if why != cause)
    causes = [cause, *list(others)[:2]]
    return Diagnosis("resume", place, "; ".join(causes), cure, certain=True)


def _place(name: str, names: Mapping[str, str]) -> str:
    """A parameter by PyTorch's name, a part of the optimizer's state by its own."""
    title, _, rest = name.partition(" ")
    return names.get(rest, rest) if title == "params" else name
