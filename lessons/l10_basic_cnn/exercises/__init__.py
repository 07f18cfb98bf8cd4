"""The exercises of lesson 10, in their order."""

NAMES = (
    "output_size",
    "kernel_shape",
    "layouts",
    "convolve",
    "max_pool",
    "pool_gradient",
    "flattened_rows",
)
