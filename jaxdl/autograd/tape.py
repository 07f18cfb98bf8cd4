"""A tape that one can read: PyTorch's autograd in NumPy, with PyTorch's names, rules and errors.

Forward: an operation hangs a `Node` on its result, with a `Link` to each input that wants a
gradient: the rule by which it goes back, and what must be kept for that. `backward` walks the
nodes, the latest first; what arrives at a leaf is added to its slot `.grad`.
"""
# fmt: off
# pyright: reportAttributeAccessIssue=false

import itertools
import weakref
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

RESULT = "y"  # among what a link keeps: the operation's own result
# (n, c, height, width) -> (n, c, rows, columns, *kernel)
windows = lambda x, kernel, stride: sliding_window_view(x, kernel, (2, 3))[:, :, ::stride, ::stride]
numbers = itertools.count()  # of the nodes, in the order in which they are made
listeners = []  # each is called with every operation's name, result and links


class Link:
    """From a node to one input, whose gradient is `rule(gradient, *saved)`."""
    def __init__(self, input, rule, *saved):
        self.node, self.shape, self.dtype, self.rule = input.node, input.shape, input.dtype, rule
        self.saved = [(tensor, tensor.memory.version) for tensor in saved]

    def product(self, gradient):
        """Upstream gradient times local derivative; what forward broadcast is summed."""
        if self.saved is None:
            raise RuntimeError("Trying to backward through the graph a second time: retain_graph?")
        for tensor, version in self.saved:
            if tensor.memory.version != version:
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an "
                    f"inplace operation: at version {tensor.memory.version}; expected {version}")
        product = np.zeros(self.shape) + self.rule(gradient, *(t.array for t, _ in self.saved))
        new = product.ndim - len(self.shape)
        ones = (new + i for i, n in enumerate(self.shape) if n == 1)
        return product.sum((*range(new), *ones)).reshape(self.shape).astype(self.dtype)


class Node:
    """What an operation leaves behind. A leaf's has no links: it adds to the slot `.grad`."""
    def __init__(self, name, links=(), leaf=None):
        self.name, self.links, self.leaf, self.number = name, links, leaf, next(numbers)
        self.hooks = leaf.hooks if leaf else []


@contextmanager
def no_grad():
    """Within it, or in a function decorated with it, operations leave no node behind."""
    before, Tensor.recording = Tensor.recording, False
    try:
        yield
    finally:
        Tensor.recording = before


def operation(name, array, *links, into=None):
    """An operation's result, with the node of its way back: of each input (input, rule, *saved)."""
    wanted = [link for link in links if link[0].requires_grad and Tensor.recording]
    if into and wanted and (into.memory.shown or (into.requires_grad and not into.grad_fn)):
        raise RuntimeError("a leaf Variable that requires grad, or a view of what has a history, "
                           "is being used in an in-place operation.")
    view = not into and np.may_share_memory(array, links[0][0].array)  # one memory, one version
    result = into or Tensor(np.asarray(array), memory=links[0][0].memory if view else None)
    result.memory.shown |= view
    keep = {RESULT: result.detach(), into: into and Tensor(into.array.copy())}  # stand-ins
    kept = [Link(input, rule, *(keep.get(s, s) for s in saved)) for input, rule, *saved in wanted]
    if into:
        np.copyto(into.array, array, casting="same_kind")
        into.memory.version += 1
    if wanted:
        result.requires_grad, result.grad_fn = True, Node(f"{name}Backward", kept)
    for listen in listeners:
        listen(name, result, links)
    return result


def method(name, compute, *rules):
    """As a ∘ b, b ∘ a, a ∘= b. A rule's parameters say what it keeps: a, b, the result y."""

    def forward(*operands, into=None):
        dtype = np.result_type(*(getattr(x, "array", x) for x in operands))
        ab = [x if isinstance(x, Tensor) else Tensor(np.asarray(x, dtype)) for x in operands]
        known = {"a": ab[0], "b": ab[-1], "y": RESULT}
        kept = [[known[name] for name in rule.__code__.co_varnames[1:]] for rule in rules]
        links = [(x, rule, *saved) for x, rule, saved in zip(ab, rules, kept, strict=True)]
        return operation(name, compute(*(x.array for x in ab)), *links, into=into)

    return forward, lambda b, a: forward(a, b), lambda a, b: forward(a, b, into=a)


def put_back(shape, pick):
    """The way back of `pick(x)`, which only reads: to each element all that was read from it."""
    n = int(np.prod(shape))
    places = lambda: pick(np.arange(1, n + 1).reshape(shape)).ravel()  # 0: padding
    return lambda g: np.bincount(places(), g.ravel(), n + 1)[1:].reshape(shape)


class Tensor:
    """An array that remembers how it was computed. It shares the memory of an ndarray."""
    recording = True
    __array_ufunc__ = None  # array * tensor is the tensor's affair
    shape = property(lambda self: self.array.shape)
    dtype = property(lambda self: self.array.dtype)
    T = property(lambda self: self.transpose(0, 1))
    data = property(lambda t: Tensor(t.array), lambda t, new: vars(t).update(array=new.array))
    detach = lambda self: Tensor(self.array, memory=self.memory)  # as data, but changes count
    item = lambda self: self.array.item()
    __repr__ = lambda self: f"tensor({self.array})"

    def __init__(self, data, requires_grad=False, memory=None):
        array = np.asarray(data)
        single = array.dtype == np.float64 and not isinstance(data, np.ndarray | np.generic)
        self.array = array.astype(np.float32) if single else array  # 1.0 is of single precision
        if requires_grad and self.dtype.kind != "f":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        self.requires_grad, self.grad, self.grad_fn, self.hooks = requires_grad, None, None, []
        self.memory = memory or SimpleNamespace(version=0, shown=False)  # shown: by a view
        self.slot = lambda: None

    @property
    def node(self):
        """Where its gradient goes: to what made it; at a leaf, to what adds to `.grad`."""
        node = self.grad_fn or self.slot() or Node("AccumulateGrad", leaf=self)
        self.slot = weakref.ref(node)  # a leaf's lives as long as a graph that leads there
        return node

    def backward(self, gradient=None, retain_graph=False):
        """Walk the graph from here, and add to the `.grad` of every leaf."""
        if not self.requires_grad:
            raise RuntimeError("the tensor does not require grad and does not have a grad_fn")
        if gradient is None and self.array.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        gradient = gradient or Tensor(np.ones_like(self.array))
        if gradient.shape != self.shape:
            raise RuntimeError(f"Mismatch in shape: {gradient.shape} for an output {self.shape}")
        pending = {self.node: gradient.array}
        while pending:
            node = max(pending, key=lambda node: node.number)  # the latest: all its users were here
            upstream = Tensor(pending.pop(node))
            for hook in node.hooks:
                upstream = hook(upstream) or upstream
            if node.leaf:
                node.leaf.grad = node.leaf.grad or Tensor(np.zeros_like(node.leaf.array))
                node.leaf.grad.array += upstream.array
            for link in node.links:
                pending[link.node] = pending.get(link.node, 0) + link.product(upstream.array)
                link.saved = link.saved if retain_graph or not link.saved else None  # freed

    def register_hook(self, hook):
        """Send this tensor's gradient through `hook`, which may answer with another."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        (hooks := self.node.hooks).append(hook)
        return SimpleNamespace(remove=lambda: hooks.remove(hook))

    # Element by element; g is the gradient from upstream.
    __add__, __radd__, add_ = method("Add", np.add, lambda g: g, lambda g: g)
    __sub__, __rsub__, sub_ = method("Sub", np.subtract, lambda g: g, lambda g: -g)
    __mul__, __rmul__, mul_ = method("Mul", np.multiply, lambda g, b: g * b, lambda g, a: g * a)
    __truediv__, __rtruediv__, div_ = method(
        "Div", np.divide, lambda g, b: g / b, lambda g, a, b: -g * a / b / b)
    __pow__, __rpow__, pow_ = method(
        "Pow", np.power, lambda g, a, b: g * b * a ** np.where(b == 0, 1, b - 1),
        lambda g, a, y: g * y * np.log(np.where(a == 0, 1, a)))
    __matmul__, __rmatmul__, _ = method(
        "Mm", np.matmul, lambda g, b: g @ b.swapaxes(-1, -2), lambda g, a: a.swapaxes(-1, -2) @ g)
    *_, fill_ = method(
        "Fill", lambda a, b: np.broadcast_to(b, a.shape), lambda g: 0 * g, lambda g: g)
    __neg__, *_ = method("Neg", np.negative, lambda g: -g)
    exp, *_ = method("Exp", np.exp, lambda g, y: g * y)
    log, *_ = method("Log", np.log, lambda g, a: g / a)
    tanh, *_ = method("Tanh", np.tanh, lambda g, y: g * (1 - y * y))
    relu, *_ = method("Relu", lambda a: np.maximum(a, 0), lambda g, y: g * (y > 0))
    sigmoid, *_ = method(
        "Sigmoid", lambda a: np.exp(-np.logaddexp(0, -a)), lambda g, y: g * y * (1 - y))
    __iadd__, __isub__, __imul__, __itruediv__ = add_, sub_, mul_, div_
    zero_ = lambda self: self.fill_(0)

    # What only reads, and what adds up.
    reshape = lambda self, *shape: self.read("Reshape", lambda x: x.reshape(shape))
    transpose = lambda self, i, j: self.read("Transpose", lambda x: x.swapaxes(i, j))
    embedding = lambda self, index: self.read("Embedding", lambda x: x[index.array], index)
    mean = lambda self, dim=None, keepdim=False: self.sum(
        dim, keepdim, "Mean", self.array.size / self.array.sum(dim).size)
    log_softmax = lambda self, dim: operation(
        "LogSoftmax", self.array - np.logaddexp.reduce(self.array, dim, keepdims=True),
        (self, lambda g, y: g - np.exp(y) * g.sum(dim, keepdims=True), RESULT))
    nll_loss = lambda p, y: -p.read("Gather", lambda x: x[np.arange(len(x)), y.array], y).mean()
    cross_entropy = lambda self, target: self.log_softmax(1).nll_loss(target)

    def read(self, name, pick, *kept):
        """What `pick` reads from the array."""
        back = put_back(self.shape, pick)
        return operation(name, pick(self.array), (self, lambda g, *_: back(g), *kept))

    def sum(self, dim=None, keepdim=False, name="Sum", share=1):
        back = lambda g: (g if keepdim or dim is None else np.expand_dims(g, dim)) / share
        return operation(name, self.array.sum(dim, keepdims=keepdim) / share, (self, back))

    def __getitem__(self, key):
        key = [getattr(k, "array", k) for k in (key if isinstance(key, tuple) else (key,))]
        key = (*key, ...) if all(k is not ... for k in key) else tuple(key)  # a view of one, too
        kept = [Tensor(np.asarray(k)) for k in key if isinstance(k, list | np.ndarray)]
        return self.read("Index", lambda x: x[key], *kept)

    def max(self, dim=None, keepdim=False):
        """Of all, and equals share the gradient; along `dim` the first of them, with its index."""
        if dim is None:
            share = lambda g, a, y: g * (a == y) / (a == y).sum()
            return operation("Max", self.array.max(), (self, share, self, RESULT))
        index = self.array.argmax(dim, keepdims=True)
        fit = lambda x: x if keepdim else x.squeeze(dim)
        first = lambda x: fit(np.take_along_axis(x, index, dim))
        return self.read("Max", first, Tensor(index)), Tensor(fit(index))

    def conv2d(self, weight, bias, stride=1, padding=0):
        """y[n, o, i, j] = Σ x[n, c, stride·i + k, stride·j + l] · weight[o, c, k, l] + bias[o]."""
        around, kernel = 2 * [(0, 0)] + 2 * [(padding, padding)], weight.shape[2:]
        pick = lambda x: windows(np.pad(x, around), kernel, stride)
        back = put_back(self.shape, pick)
        y = np.einsum("ncijkl,ockl->noij", pick(self.array), weight.array, optimize=True)
        to_x = lambda g, w: back(np.einsum("noij,ockl->ncijkl", g, w, optimize=True))
        to_weight = lambda g, x: np.einsum("noij,ncijkl->ockl", g, pick(x), optimize=True)
        return operation("Convolution", y + bias.array[:, None, None], (self, to_x, weight),
                         (weight, to_weight, self), (bias, lambda g: g.sum((0, 2, 3))))

    def max_pool2d(self, size, stride=None):
        """The largest of each window; of equals the first."""
        flat = lambda x: (w := windows(x, (size, size), stride or size)).reshape(*w.shape[:4], -1)
        index = flat(self.array).argmax(-1, keepdims=True)
        first = lambda x: np.take_along_axis(flat(x), index, -1)[..., 0]
        return self.read("MaxPool2D", first, Tensor(index))


def cat(tensors, dim=0):
    """One behind the other along `dim`; `stack`: along a new one."""
    ends = np.cumsum([t.shape[dim] for t in tensors])[:-1]
    ways = [(t, lambda g, i=i: np.split(g, ends, dim)[i]) for i, t in enumerate(tensors)]
    return operation("Cat", np.concatenate([t.array for t in tensors], dim), *ways)


stack = lambda ts, dim=0: cat([t.read("Stack", lambda x: np.expand_dims(x, dim)) for t in ts], dim)
