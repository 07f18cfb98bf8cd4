"""The exercises of lesson 12, in their order."""

NAMES = (
    "recurrent_shapes",
    "recurrence",
    "recurrence_by_scan",
    "embedding_gradient",
    "cut_the_gradient",
    "two_steps_in_one",
)
