"""The exercises of lesson 18, in their order."""

NAMES = (
    "split_heads",
    "causal_weights",
    "parameter_count",
    "accumulated_gradient",
    "key_value_cache",
)
