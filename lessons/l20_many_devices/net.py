"""Lesson 18's net as a function of its numbers: a dict of matrices, each under its name."""

import jax
import jax.numpy as jnp
import optax

from jaxdl import nn

LETTERS = 128  # ASCII
STD = 0.02


def init(key, config):
    """A new net's parameters: ones for the norms, else drawn from N(0, 0.02²)."""
    keys = iter(jax.random.split(key, 2 + 6 * config.layers))
    width = config.width

    def drawn(*shape):
        return STD * jax.random.normal(next(keys), shape)

    def block():
        names = ("query", "key", "value", "out")
        matrices = {name: drawn(width, width) for name in names}
        matrices |= {"up": drawn(width, 4 * width), "down": drawn(4 * width, width)}
        kernels = {name: {"kernel": matrix} for name, matrix in matrices.items()}
        return kernels | {name: {"scale": jnp.ones(width)} for name in ("norm1", "norm2")}

    return {
        "letters": {"embedding": drawn(LETTERS, width)},
        "places": {"embedding": drawn(config.context, width)},
        "blocks": {str(i): block() for i in range(config.layers)},
        "norm": {"scale": jnp.ones(width)},
    }


def stacked(params):
    """The blocks' numbers one behind the other, each array (layers, ...): a loop goes over them."""
    blocks = [params["blocks"][str(i)] for i in range(len(params["blocks"]))]
    return params | {"blocks": jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)}


def unstacked(params):
    """Each block by itself again, as the twin has them."""
    leaves, treedef = jax.tree.flatten(params["blocks"])
    each = [treedef.unflatten(of_block) for of_block in zip(*leaves, strict=True)]
    return params | {"blocks": {str(i): block for i, block in enumerate(each)}}


def norm(params, x):
    """Each letter's numbers less their mean, over their deviation."""
    x = x - jnp.mean(x, axis=-1, keepdims=True)
    variance = jnp.mean(x**2, axis=-1, keepdims=True)
    return params["scale"][None, None] * x * jax.lax.rsqrt(variance + 1e-5)


def embed(params, x):  # (n, length) -> (n, length, width)
    return params["letters"]["embedding"][x] + params["places"]["embedding"][: x.shape[1]][None]


def attention(params, x, heads):
    """Each letter looks at itself and at those before it."""
    n, length, _ = x.shape
    query, key, value = (
        (x @ params[name]["kernel"]).reshape(n, length, heads, -1)
        for name in ("query", "key", "value")
    )
    scores = jnp.einsum("nqhd,nkhd->nhqk", query, key) / query.shape[-1] ** 0.5
    seen = jnp.tri(length, dtype=bool)[None, None]
    weights = jax.nn.softmax(jnp.where(seen, scores, -jnp.inf))
    context = jnp.einsum("nhqk,nkhd->nqhd", weights, value)
    return context.reshape(n, length, -1) @ params["out"]["kernel"]


def block(params, x, heads):
    """What attention and the two layers find is added to what comes in."""
    x = x + attention(params, norm(params["norm1"], x), heads)
    hidden = nn.gelu(norm(params["norm2"], x) @ params["up"]["kernel"])
    return x + hidden @ params["down"]["kernel"]


def through(blocks, x, heads, gather=lambda part: part):
    """One block after the other; `gather` is called on the numbers of each."""
    return jax.lax.scan(lambda x, each: (block(gather(each), x, heads), None), x, blocks)[0]


def logits(params, x):  # (n, length, width) -> (n, length, 128)
    return norm(params["norm"], x) @ params["letters"]["embedding"].T


def cross_entropy(scores, y):
    """The mean over all letters."""
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(scores, y))
