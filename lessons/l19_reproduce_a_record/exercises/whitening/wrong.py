"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def parts(patches):
    return jnp.linalg.eigh(patches.T @ patches / len(patches))


@wrong(
    "whitening",
    "An eigenvalue is a variance: divide by its root, the standard deviation.",
    "特征值是方差：要除以它的平方根，即标准差。",
)
def by_the_variance(patches, epsilon):
    values, vectors = parts(patches)
    return vectors / (values + epsilon)[None, :]


@wrong(
    "whitening",
    "The eigenvectors are the columns; this divides the rows by the eigenvalues' roots.",
    "特征向量是各列；这里除的是各行。",
)
def rows(patches, epsilon):
    values, vectors = parts(patches)
    return vectors / jnp.sqrt(values + epsilon)[:, None]


@wrong(
    "whitening",
    "C is the mean of the patches' products, not their sum: divide by n.",
    "C 是各图块乘积的平均值，不是和：要除以 n。",
)
def summed(patches, epsilon):
    values, vectors = jnp.linalg.eigh(patches.T @ patches)
    return vectors / jnp.sqrt(values + epsilon)[None, :]


@wrong(
    "whitening",
    "This makes large directions larger: divide by the roots, do not multiply.",
    "这样大的方向会更大：要除以平方根，而不是乘。",
)
def multiplied(patches, epsilon):
    values, vectors = parts(patches)
    return vectors * jnp.sqrt(values + epsilon)[None, :]
