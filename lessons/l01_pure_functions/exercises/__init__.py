"""The exercises of lesson 1, in their order."""

NAMES = ("next_counts", "decay", "two_draws", "add_to_row", "leaky_relu", "running_mean")
