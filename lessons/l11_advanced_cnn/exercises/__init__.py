"""The exercises of lesson 11, in their order."""

NAMES = (
    "join_branches",
    "one_by_one",
    "multiplications",
    "residual_block",
    "gradient_through_blocks",
    "stacked_blocks",
)
