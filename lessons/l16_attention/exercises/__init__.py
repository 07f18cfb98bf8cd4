"""The exercises of lesson 16, in their order."""

NAMES = (
    "context",
    "all_queries",
    "masked_weights",
    "slope_of_a_mean",
    "ready_made",
)
