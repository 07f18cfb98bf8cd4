"""The exercises of lesson 20, in their order."""

NAMES = (
    "shard_shape",
    "mean_of_shares",
    "columns_then_rows",
    "bytes",
    "pipeline",
)
