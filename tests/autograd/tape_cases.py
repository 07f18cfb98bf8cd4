"""What the tape is asked for: each operation, and each error, as a program for tape and PyTorch.

Where the two spell it alike one function is both; JAX has its own spelling.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

draw = np.random.default_rng(0).normal
A, B, ROW, COLUMN, ONE = (
    draw(size=(2, 3)),
    draw(size=(2, 3)),
    draw(size=3),
    draw(size=(2, 1)),
    draw(size=()),
)
POSITIVE = np.abs(A) + 0.5
TIES = np.array([[1.0, 3.0, 3.0], [3.0, 2.0, 2.0]])
IMAGES, KERNELS, BIASES = draw(size=(2, 3, 6, 5)), draw(size=(4, 3, 3, 2)), draw(size=4)
STEPPED = np.round(IMAGES)  # with ties within the windows
ROWS = np.array([2, 0, 2])
CLASSES = np.array([2, 0])


@dataclass(frozen=True)
class Case:
    """One operation: `tape`, and where it is spelled otherwise `torch`; `jax` takes jnp."""

    name: str
    inputs: tuple[np.ndarray, ...]
    tape: Any
    jax: Any = None
    torch: Any = None


def conv(stride, padding):
    return Case(
        f"conv2d, stride {stride}, padding {padding}",
        (IMAGES, KERNELS, BIASES),
        lambda x, w, b: x.conv2d(w, b, stride, padding),
        lambda jnp, x, w, b: convolved(x, w, stride, padding) + b[:, None, None],
        lambda x, w, b: functional().conv2d(x, w, b, stride, padding),
    )


def convolved(x, w, stride, padding):
    from jax import lax

    return lax.conv_general_dilated(x, w, (stride, stride), [(padding, padding)] * 2)


def pool(images, size, stride):
    return Case(
        f"max_pool2d, {size}, stride {stride}{', ties' if images is STEPPED else ''}",
        (images,),
        lambda x: x.max_pool2d(size, stride),
        lambda jnp, x: pooled(jnp, x, size, stride or size),
        lambda x: functional().max_pool2d(x, size, stride),
    )


def pooled(jnp, x, size, stride):
    rows = jnp.arange((x.shape[2] - size) // stride + 1)[:, None] * stride + jnp.arange(size)
    columns = jnp.arange((x.shape[3] - size) // stride + 1)[:, None] * stride + jnp.arange(size)
    windows = x[:, :, rows[:, None, :, None], columns[None, :, None, :]]
    flat = windows.reshape(*windows.shape[:4], -1)
    return jnp.take_along_axis(flat, flat.argmax(-1, keepdims=True), -1)[..., 0]


def functional():
    import torch

    return torch.nn.functional


def logits(jnp, x):
    return x - jnp.log(jnp.exp(x).sum(1, keepdims=True))


def same(name, inputs, function):
    """Spelled alike in all three."""
    return Case(name, inputs, function, lambda jnp, *x: function(*x))


CASES = [
    same("add", (A, B), lambda a, b: a + b),
    same("add, a row", (A, ROW), lambda a, b: a + b),
    same("add, a column", (COLUMN, A), lambda a, b: a + b),
    same("add, one number to all", (ONE, A), lambda a, b: a + b),
    same("add, both stretched", (COLUMN, ROW), lambda a, b: a + b),
    same("subtract", (A, ROW), lambda a, b: a - b),
    same("subtract from a number", (A,), lambda a: 2 - a),
    same("multiply", (A, COLUMN), lambda a, b: a * b),
    same("multiply by itself", (A,), lambda a: a * a),
    same("multiply by a number", (A,), lambda a: 3 * a),
    same("divide", (A, POSITIVE), lambda a, b: a / b),
    same("divide, a row", (ROW, POSITIVE), lambda a, b: a / b),
    same("divide a number", (POSITIVE,), lambda a: 2 / a),
    same("negate", (A,), lambda a: -a),
    same("square, of 0, too", (np.array([0.0, -2.0, 3.0]),), lambda a: a**2),
    same("cube", (A,), lambda a: a**3),
    same("root", (POSITIVE,), lambda a: a**0.5),
    same("power 0, of 0, too", (np.array([0.0, -2.0, 3.0]),), lambda a: a**0),
    same("power", (POSITIVE, A), lambda a, b: a**b),
    same(
        "power, base 0", (np.array([0.0, 0.0, 2.0]), np.array([2.0, 1.0, 0.0])), lambda a, b: a**b
    ),
    same("power of a number", (A,), lambda a: 2**a),
    same("matmul", (A, B.T), lambda a, b: a @ b),
    same("matmul, batches", (draw(size=(4, 2, 3)), draw(size=(3, 2))), lambda a, b: a @ b),
    same("transposed", (A, B), lambda a, b: a @ b.T),
    same("sum", (A,), lambda a: a.sum()),
    same("sum, dim 1", (A,), lambda a: a.sum(1)),
    same("sum, two dims", (IMAGES,), lambda a: a.sum((0, 2))),
    Case(
        "sum, dim kept",
        (A,),
        lambda a: a.sum(0, keepdim=True),
        lambda jnp, a: a.sum(0, keepdims=True),
    ),
    same("mean", (A,), lambda a: a.mean()),
    same("mean, dim 0", (A,), lambda a: a.mean(0)),
    same("max", (A,), lambda a: a.max()),
    same("max, ties", (TIES,), lambda a: a.max()),
    Case("max, dim 1", (A,), lambda a: a.max(1)[0], lambda jnp, a: a.max(1)),
    Case(
        "max, dim 1, ties",
        (TIES,),
        lambda a: a.max(1, keepdim=True)[0],
        lambda jnp, a: jnp.take_along_axis(a, a.argmax(1, keepdims=True), 1),
    ),
    Case("exp", (A,), lambda a: a.exp(), lambda jnp, a: jnp.exp(a)),
    Case("log", (POSITIVE,), lambda a: a.log(), lambda jnp, a: jnp.log(a)),
    Case("tanh", (A,), lambda a: a.tanh(), lambda jnp, a: jnp.tanh(a)),
    Case("sigmoid", (10 * A,), lambda a: a.sigmoid(), lambda jnp, a: 1 / (1 + jnp.exp(-a))),
    Case(
        "relu, of 0, too",
        (np.array([0.0, -2.0, 3.0]),),
        lambda a: a.relu(),
        lambda jnp, a: jnp.where(a > 0, a, 0.0),
    ),
    same("index, a row", (A,), lambda a: a[1]),
    same("index, a slice", (A,), lambda a: a[:, 1:]),
    same("index, a new axis", (A,), lambda a: a[:, None]),
    Case("index, a row twice", (A,), lambda a: a[[1, 0, 1]], lambda jnp, a: a[np.array([1, 0, 1])]),
    Case(
        "index, pairs",
        (A,),
        lambda a: a[[1, 0, 1], [2, 2, 2]],
        lambda jnp, a: a[np.array([1, 0, 1]), np.array([2, 2, 2])],
    ),
    same("reshape", (A,), lambda a: a.reshape(3, -1)),
    Case("transpose", (IMAGES,), lambda a: a.transpose(1, 3), lambda jnp, a: a.swapaxes(1, 3)),
    Case(
        "cat",
        (A, B[:, :1], B),
        lambda *a: tape().cat(a, 1),
        lambda jnp, *a: jnp.concatenate(a, 1),
        lambda *a: torch().cat(a, 1),
    ),
    Case(
        "stack",
        (A, B, A),
        lambda *a: tape().stack(a, 1),
        lambda jnp, *a: jnp.stack(a, 1),
        lambda *a: torch().stack(a, 1),
    ),
    Case(
        "embedding",
        (draw(size=(3, 4)),),
        lambda w: w.embedding(tape().Tensor(ROWS)),
        lambda jnp, w: w[ROWS],
        lambda w: functional().embedding(torch().tensor(ROWS), w),
    ),
    Case("log_softmax", (5 * A,), lambda a: a.log_softmax(1), lambda jnp, a: logits(jnp, a)),
    Case(
        "nll_loss",
        (A,),
        lambda a: a.nll_loss(tape().Tensor(CLASSES)),
        lambda jnp, a: -a[np.arange(2), CLASSES].mean(),
        lambda a: functional().nll_loss(a, torch().tensor(CLASSES)),
    ),
    Case(
        "cross_entropy",
        (A,),
        lambda a: a.cross_entropy(tape().Tensor(CLASSES)),
        lambda jnp, a: -logits(jnp, a)[np.arange(2), CLASSES].mean(),
        lambda a: functional().cross_entropy(a, torch().tensor(CLASSES)),
    ),
    *(conv(stride, padding) for stride, padding in ((1, 0), (2, 1), (1, 2), (3, 0))),
    pool(IMAGES, 2, None),
    pool(STEPPED, 2, None),
    pool(STEPPED, 3, 2),
]


def torch():
    import torch

    return torch


def tape():
    from jaxdl.autograd import tape

    return tape


# Programs whose numbers are the point. `leaf` makes a tensor that requires a gradient, `no_grad`
# is that of the framework; both frameworks answer with the numbers beside it.


def accumulated(leaf, no_grad):
    w = leaf([1.0, 2.0])
    (w * w).sum().backward()
    (3 * w).sum().backward()
    return [w.grad]


def walked_twice(leaf, no_grad):
    w = leaf([1.0, 2.0])
    l = (w * w).sum()
    l.backward(retain_graph=True)
    l.backward()
    return [w.grad]


def nothing_saved(leaf, no_grad):
    w = leaf([1.0, 2.0])
    l = (w + w).sum()
    l.backward()
    l.backward()
    return [w.grad]


def from_a_vector(leaf, no_grad):
    w = leaf([1.0, 2.0])
    (w * w).backward(leaf([1.0, 10.0]).detach())
    return [w.grad]


def detached(leaf, no_grad):
    w = leaf([1.0, 2.0])
    (w * w.detach()).sum().backward()
    return [w.grad]


def data_escapes(leaf, no_grad):
    w = leaf([1.0, 2.0])
    a = w * 3
    l = (a * a).sum()
    a.data.add_(1)
    l.backward()
    return [w.grad]


def leaf_given_other_data(leaf, no_grad):
    w = leaf([1.0, 2.0])
    l = (w * w).sum()
    w.data = w.data - 1
    l.backward()
    return [w.grad]


def result_given_other_data(leaf, no_grad):
    w = leaf([0.0, 0.0])
    a = w.exp()
    l = a.sum()
    a.data = a.data * 5
    l.backward()
    return [w.grad, l.detach()]


def descended(leaf, no_grad):
    w = leaf([1.0, 2.0])
    for _ in range(2):
        w.grad = None
        (w * w).sum().backward()
        with no_grad():
            w -= 0.1 * w.grad
    return [w.detach()]


def decorated(leaf, no_grad):
    w = leaf([1.0, 2.0])

    @no_grad()
    def constant():
        return w * w

    (constant() * w).sum().backward()
    return [w.grad]


def hooked(leaf, no_grad):
    w, seen = leaf([1.0, 2.0]), []
    a = w * 3
    w.register_hook(lambda g: seen.append(1.0 * g))
    a.register_hook(lambda g: seen.append(1.0 * g))
    a.register_hook(lambda g: 10 * g)
    handle = w.register_hook(lambda g: g + 1)
    (a * a).sum().backward()
    handle.remove()
    (2 * w).sum().backward()
    return [w.grad, *seen]


def hooked_before_a_change(leaf, no_grad):
    w = leaf([1.0, 2.0])
    a = w * 1
    a.register_hook(lambda g: 2 * g)
    a.mul_(3)
    a.register_hook(lambda g: 5 * g)
    a.sum().backward()
    return [w.grad, a.detach()]


def changed_in_place(leaf, no_grad):
    w, v = leaf([1.0, 2.0]), leaf([3.0, 5.0])
    a = w * 1
    a.mul_(v)
    a += w
    a.div_(v)
    a.sub_(v)
    (a + v).sum().backward()
    return [w.grad, v.grad, a.detach()]


def constant_gets_a_history(leaf, no_grad):
    w, u = leaf([1.0, 2.0]), leaf([1.0, 1.0]).detach()
    u.mul_(w)
    u.add_(1)
    (u * u).sum().backward()
    return [w.grad]


def overwritten(leaf, no_grad):
    w, v = leaf([1.0, 2.0]), leaf([3.0, 5.0])
    a = w * 1
    a.zero_()
    a += v * v
    a.sum().backward()
    return [w.grad, v.grad]


def single_precision(leaf, no_grad):
    w = leaf([1.0, 2.0])
    return [w.detach(), (2 * w + 1.5).detach(), (w**2).detach()]


BEHAVIOUR = {
    accumulated: [[5, 7]],
    walked_twice: [[4, 8]],
    nothing_saved: [[4, 4]],
    from_a_vector: [[2, 40]],
    detached: [[1, 2]],
    data_escapes: [[24, 42]],
    leaf_given_other_data: [[0, 2]],
    result_given_other_data: [[1, 1], 2],
    descended: [[0.64, 1.28]],
    decorated: [[1, 4]],
    hooked: [[183, 363], [6, 12], [180, 360], [2, 2]],
    hooked_before_a_change: [[30, 30], [3, 6]],
    changed_in_place: [[4 / 3, 6 / 5], [-1 / 9, -2 / 25], [4 / 3 - 3, 12 / 5 - 5]],
    constant_gets_a_history: [[4, 6]],
    overwritten: [[0, 0], [6, 10]],
    single_precision: [[1, 2], [3.5, 5.5], [1, 4]],
}


# Programs that end in an error, with words that both frameworks say.


def second_walk(leaf, no_grad):
    w = leaf([1.0, 2.0])
    l = (w * w).sum()
    l.backward()
    l.backward()


def second_walk_of_a_scaling(leaf, no_grad):
    l = (leaf([1.0, 2.0]) * 2).sum()
    l.backward()
    l.backward()


def walk_from_a_vector(leaf, no_grad):
    (leaf([1.0, 2.0]) * 2).backward()


def walk_from_a_constant(leaf, no_grad):
    leaf([1.0, 2.0]).detach().sum().backward()


def walk_without_a_graph(leaf, no_grad):
    with no_grad():
        l = leaf([1.0, 2.0]).sum()
    l.backward()


def gradient_of_another_shape(leaf, no_grad):
    (leaf([1.0, 2.0]) * 2).backward(leaf([1.0]).detach())


def leaf_in_place(leaf, no_grad):
    w = leaf([1.0, 2.0])
    w += 1


def view_of_a_leaf_in_place(leaf, no_grad):
    leaf([1.0, 2.0])[0].mul_(2)


def operand_changed(leaf, no_grad):
    a = leaf([1.0, 2.0]) * 3
    l = (a * a).sum()
    a.add_(1)
    l.backward()


def result_changed(leaf, no_grad):
    a = leaf([1.0, 2.0]).exp()
    a.mul_(2)
    a.sum().backward()


def leaf_changed(leaf, no_grad):
    w = leaf([1.0, 2.0])
    l = (w * w).sum()
    with no_grad():
        w.zero_()
    l.backward()


def view_changed(leaf, no_grad):
    a = leaf([1.0, 2.0]) * 3
    l = (a * a).sum()
    a.detach()[0].fill_(1)
    l.backward()


def hook_on_a_constant(leaf, no_grad):
    leaf([1.0]).detach().register_hook(print)


def integers(leaf, no_grad):
    leaf([1, 2])


CHANGED = "one of the variables needed for gradient computation has been modified by an inplace"
ERRORS = {
    second_walk: "Trying to backward through the graph a second time",
    second_walk_of_a_scaling: "Trying to backward through the graph a second time",
    walk_from_a_vector: "grad can be implicitly created only for scalar outputs",
    walk_from_a_constant: "does not require grad and does not have a grad_fn",
    walk_without_a_graph: "does not require grad and does not have a grad_fn",
    gradient_of_another_shape: "Mismatch in shape",
    leaf_in_place: "a leaf Variable that requires grad",
    view_of_a_leaf_in_place: "that requires grad.* is being used in an in-place operation",
    operand_changed: CHANGED,
    result_changed: CHANGED,
    leaf_changed: CHANGED,
    view_changed: f"{CHANGED} operation.* at version 1; expected",
    hook_on_a_constant: "cannot register a hook on a tensor that doesn't require gradient",
    integers: "nly Tensors of floating point",
}
