"""Every value and every gradient of a loss, from the frameworks themselves and without `autograd`.

PyTorch's: what each ATen operation gave, from a dispatch mode that does nothing but look; gradients
by `torch.autograd.grad` with respect to every edge of PyTorch's graph. JAX's: the jaxpr's equations
evaluated one by one; gradients by adding a zero to each value and differentiating by the zero.
"""

import copy

import jax
import jax.numpy as jnp
import numpy as np
import torch
from jax.extend.core import ClosedJaxpr, Literal
from torch.autograd.graph import GradientEdge, get_gradient_edge
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode


def told(value, small=64):
    """A value as the JSON has it."""
    value = np.asarray(value)
    if value.size <= small:
        return spelt(value.tolist())
    wide = value.astype(np.float64)
    summary = {"norm": np.sqrt(np.dot(wide.ravel(), wide.ravel()))}
    summary |= {"least": wide.min(), "largest": wide.max(), "mean": wide.mean()}
    return {name: spelt(float(x)) for name, x in summary.items()} | {"elements": value.size}


def spelt(value):
    """What is not finite as a word: JSON has no number for it."""
    if isinstance(value, list):
        return [spelt(x) for x in value]
    return value if not isinstance(value, float) or np.isfinite(value) else str(value)


class Log(TorchDispatchMode):
    """The operations that run, in their order: name, tensors and numbers that went in, results."""

    def __init__(self):
        super().__init__()
        self.ran = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        leaves = jax.tree.leaves([args, kwargs])
        given = [arrays(x) for x in leaves if isinstance(x, torch.Tensor | float | int)]
        results = [arrays(x) for x in jax.tree.leaves(result) if isinstance(x, torch.Tensor)]
        if func._schema.name.endswith("_"):  # a change of a view is one of all that it is a view of
            results.append(arrays(result.new_empty(0).set_(result.untyped_storage())))
        self.ran.append((str(func.overloadpacket), given, results))
        return result


def arrays(x):
    return x.detach().clone().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)


class Pairs(TorchFunctionMode):
    """What PyTorch's functions give, each with its value then; each retains its `.grad`."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        for x in jax.tree.leaves(result):
            if isinstance(x, torch.Tensor) and x.grad_fn is not None:
                x.retain_grad()
                self.seen.append((x, x._version, arrays(x)))
        return result

    def pairs(self):
        """Value and gradient of those that nothing has changed since."""
        there = [(x, value) for x, version, value in self.seen if x._version == version]
        return [(value, arrays(x.grad)) for x, value in there if x.grad is not None]


def torch_oracle(loss, model, batch):
    """PyTorch's own account.

    Returns:
        What ran; of each autograd node its name and its gradients by output; of what PyTorch's
        functions gave, value and gradient; the parameters' `.grad`.
    """
    first = copy.deepcopy(model)  # of two runs each finds the buffers as they were
    for p in first.parameters():
        p.grad = None
    with Pairs() as pairs:
        result = loss(first, batch)
    result.backward()
    slots = {name: p.grad for name, p in first.named_parameters()}
    with Log() as log:  # `reshape` takes another node where a mode is on
        result = loss(model, batch)
    nodes, stack = {}, [get_gradient_edge(result).node]
    while stack:
        node = stack.pop()
        if node._sequence_nr() not in nodes and not hasattr(node, "variable"):
            nodes[node._sequence_nr()] = node
            stack += [further for further, _ in node.next_functions if further is not None]
    edges = [(node, i) for node in nodes.values() for i in range(len(node._input_metadata))]
    edges = [GradientEdge(*edge) for edge in edges]
    found = iter(torch.autograd.grad(result, edges, allow_unused=True))
    gradients = [
        (node.name().rpartition("::")[2], [next(found) for _ in node._input_metadata])
        for node in nodes.values()
    ]
    return log.ran, gradients, pairs.pairs(), slots


def lines_of(closed, atoms, lines, known):
    """The equations of a program with its `jit`s opened: (equation, what goes in, numbers out)."""
    env = dict(zip(closed.jaxpr.invars, atoms, strict=True))
    for var, value in zip(closed.jaxpr.constvars, closed.consts, strict=True):
        env[var] = len(known)
        known[env[var]] = value

    def read(atom):
        return atom if isinstance(atom, Literal) else env[atom]

    for eqn in closed.jaxpr.eqns:
        given = [read(atom) for atom in eqn.invars]
        if eqn.primitive.name in ("jit", "pjit", "closed_call"):
            outs = lines_of(eqn.params["jaxpr"], given, lines, known)
        else:
            outs = list(range(len(known), len(known) + len(eqn.outvars)))
            known.update(dict.fromkeys(outs))
            lines.append((eqn, given, outs))
        env.update(zip(eqn.outvars, outs, strict=True))
    return [read(atom) for atom in closed.jaxpr.outvars]


def program(function, *leaves):
    """A function's equations, its constants, and the numbers of what goes in and comes out."""
    closed = jax.make_jaxpr(function)(*leaves)
    known = dict.fromkeys(range(len(leaves)))
    lines = []
    return lines, known, lines_of(closed, range(len(leaves)), lines, known)


def bound(eqn, values):
    """An equation's operation on values."""
    out = eqn.primitive.bind(*values, **eqn.primitive.get_bind_params(eqn.params))
    return list(out) if eqn.primitive.multiple_results else [out]


def evaluated(lines, known, leaves, compute, changed=lambda number, value: value):
    """The values by number."""
    values = dict(known) | dict(enumerate(leaves))
    values = {n: x if x is None else changed(n, x) for n, x in values.items()}
    for eqn, given, outs in lines:
        taken = [x.val if isinstance(x, Literal) else values[x] for x in given]
        for n, x in zip(outs, compute(eqn, taken), strict=True):
            values[n] = changed(n, x)
    return values


def called(closed, values):
    """What a program gives, one operation after the other."""
    closed = closed if isinstance(closed, ClosedJaxpr) else ClosedJaxpr(closed, ())
    lines, known = [], dict.fromkeys(range(len(values)))
    outs = lines_of(closed, range(len(values)), lines, known)
    found = evaluated(lines, known, values, stepwise)
    return [x.val if isinstance(x, Literal) else found[x] for x in outs]


def stepwise(eqn, values):
    """An equation's results, the inside of loops and calls computed one by one, too."""
    params, name = eqn.params, eqn.primitive.name
    if name.startswith(("custom_", "remat", "checkpoint")):
        return called(params.get("call_jaxpr") or params["jaxpr"], values)
    if name == "cond":
        return called(params["branches"][int(values[0])], values[1:])
    if name == "while":
        asked, first = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
        carry = values[first:]
        while called(params["cond_jaxpr"], [*values[:asked], *carry])[0]:
            carry = called(params["body_jaxpr"], [*values[asked:first], *carry])
        return carry
    if name != "scan":
        return bound(eqn, values)
    fixed, held = params["num_consts"], params["num_consts"] + params["num_carry"]
    carry, turns = values[fixed:held], range(params["length"])
    rows = {}
    for turn in reversed(turns) if params["reverse"] else turns:
        row = [column[turn] for column in values[held:]]
        outs = called(params["jaxpr"], [*values[:fixed], *carry, *row])
        carry, rows[turn] = outs[: held - fixed], outs[held - fixed :]
    return carry + [jnp.stack(column) for column in zip(*(rows[t] for t in turns), strict=True)]


def inexact(value):
    return jnp.issubdtype(jax.typeof(value).dtype, jnp.inexact)


def jax_oracle(loss, params, batch):
    """The equations, each value by number, each gradient by number, and the gradient's program.

    Returns:
        lines, values, gradients of all that depends on the parameters, the number of the loss, and
        all that the program of the gradient, as JAX itself writes it, computes.
    """
    leaves, tree = jax.tree.flatten(params)
    columns, form = jax.tree.flatten(batch)
    split, given = len(leaves), [*leaves, *columns]

    def flat(*given):
        parts = given[:split], given[split:]
        return loss(jax.tree.unflatten(tree, parts[0]), jax.tree.unflatten(form, parts[1]))

    lines, known, (output,) = program(flat, *given)
    values = evaluated(lines, known, given, stepwise)
    moving = [n for n in range(split) if inexact(leaves[n])]
    for eqn, taken, made in lines:
        if eqn.primitive.name != "stop_gradient" and any(
            x in moving for x in taken if isinstance(x, int)
        ):
            moving += [n for n in made if inexact(values[n])]

    def moved(zeros):
        add = lambda n, x: x + zeros[n] if n in zeros else x  # noqa: E731
        return evaluated(lines, known, given, bound, add)[output].reshape(())

    zeros = {n: jnp.zeros_like(values[n]) for n in moving}
    closed = jax.make_jaxpr(jax.grad(moved))(zeros)
    slopes = called(closed, jax.tree.leaves(zeros))
    gradients = dict(zip(sorted(zeros), slopes, strict=True))

    by = [n for n in moving if n < split]

    def plain(*given):
        changed = lambda *some: flat(*(dict(zip(by, some)).get(n, x) for n, x in enumerate(given)))  # noqa: B905, E731
        result, back = jax.vjp(changed, *(given[n] for n in by))
        return result, back(jnp.ones_like(result))

    further, known, outs = program(plain, *given)
    used = {x for _, taken, _ in further for x in taken if isinstance(x, int)} | set(outs)
    found = evaluated(further, known, given, stepwise)
    computed = {
        repr(told(found[n]))
        for _, _, outs in further
        for n in outs
        if n in used and found[n].dtype != jax.dtypes.float0
    }
    return lines, values, gradients, output, computed
