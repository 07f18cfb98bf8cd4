"""Sound ports of small image nets in other forms: modules, trees, inputs, outputs, ties."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import lax
from torch import nn
from torch.nn import functional as F

from benchmarks.faults.case import Case, filled
from benchmarks.faults.layers import conv, mapped, zeros
from jaxdl.parity import rules

RANDOM = np.random.default_rng(5)
IMAGES = RANDOM.normal(size=(2, 4, 6, 5)).astype("float32")


class Up(nn.Module):
    """A transposed and a grouped convolution, normed in groups, enlarged."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1, output_padding=1)
        self.norm = nn.GroupNorm(4, 8)
        self.deep = nn.Conv2d(8, 8, 3, padding=1, groups=8)

    def forward(self, x: Any) -> Any:
        """(n, 4, h, w) -> (n, 2, 4 h, 4 w)."""
        h = self.deep(F.silu(self.norm(self.up(x))))
        return F.interpolate(F.pixel_shuffle(h, 2), scale_factor=2, mode="bilinear")


UP = {"up": rules.CONV_TRANSPOSE2D, "norm": rules.GROUP_NORM, "deep": rules.CONV2D}
UP_PARAMS = zeros(
    {
        "up": {"kernel": (3, 3, 4, 8), "bias": (8,)},
        "norm": {"scale": (8,), "bias": (8,)},
        "deep": {"kernel": (3, 3, 1, 8), "bias": (8,)},
    }
)


def library_up(p: Any, x: Any) -> Any:
    """As JAX's library has it: the kernel is kept turned, and stays so."""
    sides = [(1, 2), (1, 2)]
    return lax.conv_transpose(x, p["kernel"], (2, 2), sides) + p["bias"]


def derivative_up(p: Any, x: Any) -> Any:
    """As the derivative of a convolution."""
    kernel = p["kernel"][::-1, ::-1].swapaxes(2, 3)
    n, height, width, _ = x.shape
    image = jnp.zeros((n, 2 * height, 2 * width, 8), x.dtype)
    forward = lambda y: conv({"kernel": kernel}, y, [(1, 0), (1, 0)], 2)  # noqa: E731
    return jax.vjp(forward, image)[1](x)[0] + p["bias"]


def groups(p: Any, x: Any) -> Any:
    """Group norm with the groups' means by a product with ones and zeros."""
    same = jnp.kron(jnp.eye(4), jnp.ones((2, 2))) / (2 * x.shape[1] * x.shape[2])
    mean = jnp.einsum("nhwc,cd->nd", x, same)[:, None, None]
    square = jnp.einsum("nhwc,cd->nd", x * x, same)[:, None, None]
    return (x - mean) * lax.rsqrt(square - mean**2 + 1e-5) * p["scale"] + p["bias"]


def depthwise(p: Any, x: Any) -> Any:
    """Each channel by itself, as a sum of products."""
    height, width = x.shape[1:3]
    x = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    parts = [
        x[:, i : i + height, j : j + width] * p["kernel"][i, j, 0]
        for i in range(3)
        for j in range(3)
    ]
    return jnp.stack(parts).sum(0) + p["bias"]


def up(transposed: Any, deep: Any) -> Any:
    """A port of Up."""

    def apply(p: Any, x: Any) -> Any:
        h = groups(p["norm"], transposed(p["up"], x.transpose(0, 2, 3, 1)))
        h = deep(p["deep"], jax.nn.silu(h))
        n, height, width, _ = h.shape
        h = h.reshape(n, height, width, 2, 2, 2).transpose(0, 3, 1, 4, 2, 5)
        h = h.reshape(n, 2, 2 * height, 2 * width)
        return jax.image.resize(h, (n, 2, 4 * height, 4 * width), "bilinear")

    def pair() -> dict[str, Any]:
        return {
            "model": filled(Up()),
            "params": UP_PARAMS,
            "batch": (IMAGES,),
            "apply": apply,
            "loss": lambda p, batch: (apply(p, batch[0]) ** 2).sum(),
            "torch_loss": lambda net, batch: net(batch[0]).square().sum(),
            "parameter_map": mapped(**UP),
        }

    return pair


class Tied(nn.Module):
    """One kernel used twice, a frozen one, two inputs, several outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.again = self.conv
        self.still = nn.Conv2d(4, 2, 1).requires_grad_(False)

    def forward(self, image: Any, mask: Any) -> Any:
        """A dictionary of two images and a number."""
        h = torch_relu(self.conv(image)) * mask
        h = self.again(h)
        return {"sum": h.sum((1, 2, 3)), "deep": h, "last": self.still(h).softmax(1)}


def torch_relu(x: Any) -> Any:
    """max(x, 0)."""
    return F.relu(x)


def tied() -> dict[str, Any]:
    """Named inputs and outputs; the frozen kernel's gradient is stopped."""
    mask = (RANDOM.random((2, 1, 6, 5)) > 0.3).astype("float32")

    def apply(p: Any, image: Any, mask: Any) -> Any:
        still = lax.stop_gradient(p["still"])
        h = jnp.maximum(conv(p["conv"], image.transpose(0, 2, 3, 1), 1), 0)
        h = conv(p["conv"], h * mask.transpose(0, 2, 3, 1), 1)
        last = jax.nn.softmax(conv(still, h), -1).transpose(0, 3, 1, 2)
        return {"deep": h.transpose(0, 3, 1, 2), "last": last, "sum": h.sum((1, 2, 3))}

    def total(found: Any) -> Any:
        return found["sum"].mean() + (found["last"] ** 2).sum() + (found["deep"] ** 2).mean()

    batch = {"image": IMAGES, "mask": mask}
    params = zeros(
        {
            "conv": {"kernel": (3, 3, 4, 4), "bias": (4,)},
            "still": {"kernel": (1, 1, 4, 2), "bias": (2,)},
        }
    )
    return {
        "model": filled(Tied()),
        "params": params,
        "batch": batch,
        "inputs": batch,
        "apply": apply,
        "loss": lambda p, batch: total(apply(p, **batch)),
        "torch_loss": lambda net, batch: total(net(**batch)),
    }


class Small(nn.Module):
    """Convolution, batch norm, mean over the image."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6)

    def forward(self, x: Any) -> Any:
        """(n, 4, h, w) -> (n, 6)."""
        return F.relu(self.norm(self.conv(x))).mean((2, 3))


class Module(nnx.Module):
    """As a module of Flax, in evaluation."""

    def __init__(self, training: bool = False) -> None:
        rngs = nnx.Rngs(0)
        self.conv = nnx.Conv(4, 6, (3, 3), rngs=rngs)
        self.norm = nnx.BatchNorm(6, use_running_average=not training, rngs=rngs)

    def __call__(self, x: Any) -> Any:
        """(n, 4, h, w) -> (n, 6)."""
        return nnx.relu(self.norm(self.conv(x.transpose(0, 2, 3, 1)))).mean((1, 2))


def module() -> dict[str, Any]:
    """The module is called itself."""
    return {
        "model": filled(Small()).eval(),
        "params": Module(),
        "batch": (IMAGES,),
        "loss": lambda net, batch: (net(batch[0]) ** 2).mean(),
        "torch_loss": lambda net, batch: net(batch[0]).square().mean(),
    }


def linen() -> dict[str, Any]:
    """A tree of collections, as Linen keeps it."""
    params = {
        "Conv_0": {"kernel": (3, 3, 4, 6), "bias": (6,)},
        "Norm_0": {"scale": (6,), "bias": (6,)},
    }
    tree = {"params": params, "batch_stats": {"Norm_0": {"mean": (6,), "var": (6,)}}}

    def apply(tree: Any, x: Any) -> Any:
        p, s = tree["params"], tree["batch_stats"]["Norm_0"]
        h = conv(p["Conv_0"], x.transpose(0, 2, 3, 1), "SAME")
        a = p["Norm_0"]["scale"] / jnp.sqrt(s["var"] + 1e-5)
        return jax.nn.relu(h * a + p["Norm_0"]["bias"] - s["mean"] * a).mean((1, 2))

    given = {"model": filled(Small()).eval(), "params": zeros(tree), "batch": (IMAGES,)}
    return given | {"apply": apply}


CASES = [
    Case("transposed by the library", "CNN decoder", up(library_up, depthwise)),
    Case("transposed as a derivative", "CNN decoder", up(derivative_up, depthwise)),
    Case(
        "grouped by the library",
        "CNN decoder",
        up(library_up, lambda p, x: conv(p, x, "SAME", groups=8)),
    ),
    Case("tied, frozen, named", "CNN image", tied),
    Case("nnx", "CNN, eval", module),
    Case("Linen", "CNN, eval", linen),
]
