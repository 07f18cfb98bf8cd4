"""Sound ports of convolutional nets that do the same maths otherwise: nothing is to be found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax
from torch import nn
from torch.nn import functional as F

from benchmarks.faults.case import Case, filled
from benchmarks.faults.layers import conv, flat, mapped, windows, zeros
from jaxdl.parity import rules

SAME = [(1, 1), (1, 1)]


class Net(nn.Module):
    """Convolution, batch norm, a residual block, pooling, a head."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.deep = nn.Conv2d(6, 6, 3, padding=1)
        self.point = nn.Conv2d(6, 6, 1)
        self.head = nn.Linear(24, 5)

    def forward(self, x: Any) -> Any:
        """Logits."""
        h = F.gelu(self.norm(self.conv(x)))
        h = h + F.hardswish(self.deep(h))
        h = F.avg_pool2d(F.dropout(self.point(h), 0.0), 2)
        return self.head(h.flatten(1))


def torch_loss(net: Any, batch: Any) -> Any:
    """The mean cross-entropy."""
    return F.cross_entropy(net(batch[0]), batch[1])


LAYERS = {
    "conv": rules.CONV2D,
    "norm": rules.BATCH_NORM,
    "deep": rules.CONV2D,
    "point": rules.CONV2D,
    "head": rules.LINEAR,
}
PARAMS = zeros(
    {
        "conv": {"kernel": (3, 3, 3, 6), "bias": (6,)},
        "norm": {"scale": (6,), "bias": (6,)},
        "deep": {"kernel": (3, 3, 6, 6), "bias": (6,)},
        "point": {"kernel": (1, 1, 6, 6), "bias": (6,)},
        "head": {"kernel": (24, 5), "bias": (5,)},
    }
)
STATE = zeros({"norm": {"mean": (6,), "var": (6,)}})
Ways = dict[str, Callable[..., Any]]


def patches(p: Any, x: Any, padding: Any, stride: int) -> Any:
    """A convolution as one product with all windows."""
    kernel = p["kernel"]
    layout = ("NHWC", "HWIO", "NHWC")
    parts = lax.conv_general_dilated_patches(
        x, kernel.shape[:2], (stride, stride), padding, dimension_numbers=layout
    )
    parts = parts.reshape(*parts.shape[:3], kernel.shape[2], *kernel.shape[:2])
    return jnp.einsum("nxycij,ijco->nxyo", parts, kernel) + p["bias"]


def shifted(p: Any, x: Any, padding: Any, stride: int) -> Any:
    """A convolution as a sum of products with the shifted image."""
    x = jnp.pad(x, ((0, 0), *padding, (0, 0)))
    rows, columns = ((n - 3) // stride + 1 for n in x.shape[1:3])
    total = p["bias"]
    for i in range(3):
        for j in range(3):
            window = x[:, i : i + stride * rows : stride, j : j + stride * columns : stride]
            total = total + window[:, :rows, :columns] @ p["kernel"][i, j]
    return total


def padded(p: Any, x: Any, padding: Any, stride: int) -> Any:
    """Padded before."""
    return conv(p, jnp.pad(x, ((0, 0), *padding, (0, 0))), "VALID", stride)


def channels_first(p: Any, x: Any, padding: Any, stride: int) -> Any:
    """In PyTorch's own layout."""
    kernel = p["kernel"].transpose(3, 2, 0, 1)
    y = lax.conv_general_dilated(x.transpose(0, 3, 1, 2), kernel, (stride, stride), padding)
    return (y + p["bias"][:, None, None]).transpose(0, 2, 3, 1)


def one_by_one(p: Any, x: Any, padding: Any, stride: int) -> Any:
    """One example at a time."""
    return jax.vmap(lambda image: conv(p, image[None], padding, stride)[0])(x)


def grouped_outputs(p: Any, x: Any, padding: Any, stride: int) -> Any:
    """Half of the channels that come out at a time."""
    halves = [p | {k: v[..., s] for k, v in p.items()} for s in (slice(0, 3), slice(3, 6))]
    return jnp.concatenate([conv(half, x, padding, stride) for half in halves], -1)


@jax.custom_vjp
def gelu(x: Any) -> Any:
    """With its derivative written by hand."""
    return x * jax.scipy.special.erfc(-x / jnp.sqrt(2.0)) / 2


def _gelu_back(x: Any, by: Any) -> Any:
    density = jnp.exp(-x * x / 2) / jnp.sqrt(2 * jnp.pi)
    return (by * (jax.scipy.stats.norm.cdf(x) + x * density),)


gelu.defvjp(lambda x: (gelu(x), x), _gelu_back)


def narrow(x: Any) -> Any:
    """A gelu in float32, whatever comes in."""
    return jax.nn.gelu(x.astype(jnp.float32), approximate=False).astype(x.dtype)


def moments(x: Any) -> Any:
    """The variance as mean of squares less square of the mean."""
    return x.mean((0, 1, 2)), (x * x).mean((0, 1, 2)) - x.mean((0, 1, 2)) ** 2


def centred(x: Any) -> Any:
    """The variance as the mean of squares about the mean, summed flat."""
    rows = x.reshape(-1, x.shape[-1])
    mean = rows.sum(0) / len(rows)
    return mean, jnp.einsum("nc,nc->c", rows - mean, rows - mean) / len(rows)


def apply(p: Any, state: Any, x: Any, ways: Ways, training: bool = True) -> Any:
    """The port, each part in its usual way or in another."""
    convolve = ways.get("conv", lambda p, x, padding, stride: conv(p, x, padding, stride))
    h = convolve(p["conv"], x.transpose(0, 2, 3, 1), SAME, 2)
    after = state["norm"]
    mean, var = after["mean"], after["var"]
    if training:
        mean, var = ways.get("moments", lambda x: (x.mean((0, 1, 2)), x.var((0, 1, 2))))(h)
        n = h[..., 0].size
        after = {
            "mean": after["mean"] + 0.1 * (mean - after["mean"]),
            "var": 0.9 * after["var"] + var * n / (n - 1) / 10,
        }
    h = ways.get("norm", plain_norm)(p["norm"], h, mean, var)
    h = ways.get("gelu", partial(jax.nn.gelu, approximate=False))(h)
    h = ways.get("block", block)(p["deep"], h, convolve)
    h = ways.get("point", conv)(p["point"], h)
    h = ways.get("pool", means)(h)
    logits = ways.get("head", lambda p, h: flat(h) @ p["kernel"] + p["bias"])(p["head"], h)
    return logits, {"norm": after}


def plain_norm(p: Any, x: Any, mean: Any, var: Any) -> Any:
    """As it is defined."""
    return (x - mean) / jnp.sqrt(var + 1e-5) * p["scale"] + p["bias"]


def one_product(p: Any, x: Any, mean: Any, var: Any) -> Any:
    """Folded: x times a, plus b."""
    a = p["scale"] * lax.rsqrt(var + 1e-5)
    return x * a + (p["bias"] - mean * a)


def block(p: Any, h: Any, convolve: Any) -> Any:
    """A residual block."""
    b = convolve(p, h, SAME, 1)
    return h + b * jnp.clip(b + 3, 0, 6) / 6


def library_block(p: Any, h: Any, convolve: Any) -> Any:
    """With the library's hard swish."""
    return h + jax.nn.hard_swish(convolve(p, h, SAME, 1))


def looped(p: Any, h: Any, convolve: Any) -> Any:
    """The block as the one turn of a scan over stacked parameters."""
    stacked = jax.tree.map(lambda leaf: leaf[None], p)
    return lax.scan(lambda h, p: (block(p, h, convolve), None), h, stacked)[0]


def means(h: Any) -> Any:
    """Of two by two pixels."""
    n, height, width, c = h.shape
    h = h[:, : height // 2 * 2, : width // 2 * 2]
    return h.reshape(n, height // 2, 2, width // 2, 2, c).mean((2, 4))


def summed(h: Any) -> Any:
    """The windows' sums by four."""
    return windows(h, 2, 2, [(0, 0), (0, 0)], 0, lax.add) / 4


def by_matrices(h: Any) -> Any:
    """Means as products with matrices."""
    rows, columns = (jnp.kron(jnp.eye(n // 2), jnp.ones((1, 2)) / 2) for n in h.shape[1:3])
    return jnp.einsum("xh,yw,nhwc->nxyc", rows, columns, h[:, : rows.shape[1], : columns.shape[1]])


def as_einsum(p: Any, h: Any) -> Any:
    """A head of kernels for each pixel."""
    kernel = p["kernel"].reshape(6, 2, 2, 5)
    return jnp.einsum("nxyc,cxyo->no", h, kernel) + p["bias"]


def loss(p: Any, state: Any, batch: Any, run: Any) -> Any:
    """Of the port; and the next state."""
    logits, state = run(p, state, batch[0])
    chosen = jnp.take_along_axis(logits, batch[1][:, None], 1)[:, 0]
    return (jax.nn.logsumexp(logits, -1) - chosen).mean(), state


def pair(
    ways: Ways | None = None,
    training: bool = True,
    wrap: Callable[[Any], Any] = lambda run: run,
    width: str = "float32",
) -> dict[str, Any]:
    """The two programs."""
    random = np.random.default_rng(0)
    run = wrap(partial(apply, ways=ways or {}, training=training))
    model = filled(Net()).train(training)
    return {
        "model": model.double() if width == "float64" else model,
        "params": PARAMS,
        "state": STATE,
        "batch": (random.normal(size=(4, 3, 9, 8)).astype(width), random.integers(0, 5, 4)),
        "apply": run,
        "loss": partial(loss, run=run),
        "torch_loss": torch_loss,
        "parameter_map": mapped(True, **LAYERS),
    }


def optax_pair() -> dict[str, Any]:
    """With Optax's loss."""

    def loss(p: Any, state: Any, batch: Any) -> Any:
        logits, state = apply(p, state, batch[0], {})
        wanted = jax.nn.one_hot(batch[1], 5)
        return optax.softmax_cross_entropy(logits, wanted).mean(), state

    return pair() | {"loss": loss}


def sound(what: str, net: str = "CNN", **options: Any) -> Case:
    """A sound pair of this net."""
    return Case(what, net, partial(pair, **options))


CASES = [
    sound("windows in one product", ways={"conv": patches}),
    sound("a sum of shifted products", ways={"conv": shifted}),
    sound("padded before", ways={"conv": padded}),
    sound("channels first", ways={"conv": channels_first}),
    sound("vmap over examples", ways={"conv": one_by_one}),
    sound("outputs in halves", ways={"conv": grouped_outputs}),
    sound("mean of squares", ways={"moments": moments}),
    sound("flat moments", ways={"moments": centred}),
    sound("folded norm", ways={"norm": one_product}),
    sound("derivative by hand", ways={"gelu": gelu}),
    sound("gelu in float32", ways={"gelu": narrow}),
    sound("gelu by the distribution", ways={"gelu": lambda x: x * jax.scipy.stats.norm.cdf(x)}),
    sound("hard swish of the library", ways={"block": library_block}),
    sound("scan over blocks", ways={"block": looped}),
    sound("remat of a block", ways={"block": jax.checkpoint(block, static_argnums=2)}),
    sound("1x1 as a product", ways={"point": lambda p, x: x @ p["kernel"][0, 0] + p["bias"]}),
    sound("pooling by matrices", ways={"pool": by_matrices}),
    sound("pooling by windows", ways={"pool": summed}),
    sound("head by einsum", ways={"head": as_einsum}),
    sound("jit", wrap=jax.jit),
    sound("remat", wrap=jax.checkpoint),
    sound("float64", width="float64"),
    Case("Optax's loss", "CNN", optax_pair),
    sound("folded norm", "CNN, eval", ways={"norm": one_product}, training=False),
    sound("jit", "CNN, eval", wrap=jax.jit, training=False),
    sound("channels first", "CNN, eval", ways={"conv": channels_first}, training=False),
    sound("scan over blocks", "CNN, eval", ways={"block": looped}, training=False),
    sound("gelu in float32", "CNN, eval", ways={"gelu": narrow}, training=False),
]  # fmt: skip
