"""How fast the matrix products are that a convolution is made of: `python -m benchmarks.products`.

Billions of operations a second, best of several calls: of the forward product, of the kernel's
gradient and of the columns' gradient, each alone. As a measure the product of large matrices.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from benchmarks.roofline import best

# (products at a time, kernels, columns' rows, columns): W (kernels, rows) @ X (rows, columns).
PRODUCTS = {
    "large": (1, 2048, 2048, 2048),
    "l10 deeper, conv2": (1, 96, 48, 12544),
    "l10 deeper, conv3": (1, 96, 96, 3136),
    "l11 googlenet, conv2": (1, 100, 440, 6144),
    "l11 googlenet, 5 x 5": (1, 120, 80, 9216),
    "l11 googlenet, 3 x 3": (1, 72, 72, 9216),
    # What Winograd's algorithm has instead, 4 x 4 results at a time: fewer operations.
    "conv2 by Winograd": (64, 20, 88, 256),
    "5 x 5 by Winograd": (64, 24, 16, 576),
    "3 x 3 by Winograd": (36, 24, 24, 576),
}
FORWARD, KERNEL, COLUMNS = (
    (((left,), (right,)), ((0,), (0,))) for left, right in ((2, 1), (2, 2), (1, 1))
)


def main() -> None:
    """Measure and print."""
    print(f"{'':22} millions  forward   kernel  columns")
    for name, (count, kernels, rows, columns) in PRODUCTS.items():
        key, operations = jax.random.key(0), 2 * count * kernels * rows * columns
        w, x, y = (
            jax.random.normal(key, (count, *shape))
            for shape in ((kernels, rows), (rows, columns), (kernels, columns))
        )
        pairs = ((w, x, FORWARD), (y, x, KERNEL), (w, y, COLUMNS))
        if count == 1:  # XLA does not always see that a batch of one is none
            pairs = tuple(
                (a[0], b[0], (((i - 1,), (j - 1,)), ((), ()))) for a, b, (((i,), (j,)), _) in pairs
            )
        rates = []
        for a, b, dimensions in pairs:
            run = jax.jit(lambda a, b, of=dimensions: lax.dot_general(a, b, of, "highest"))
            rates.append(operations / best(run, jnp.copy(a), jnp.copy(b)) / 1e9)
        print(f"{name:22} {operations / 1e6:8,.0f}" + "".join(f"{rate:9.0f}" for rate in rates))


if __name__ == "__main__":
    main()
