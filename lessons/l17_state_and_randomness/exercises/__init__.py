"""The exercises of lesson 17, in their order."""

NAMES = (
    "evaluation",
    "dropout",
    "moving_statistics",
    "carried_state",
    "key_a_step",
    "stale_closure",
)
