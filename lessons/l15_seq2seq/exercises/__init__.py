"""The exercises of lesson 15, in their order."""

NAMES = (
    "letters_before",
    "counted_loss",
    "exact_match",
    "greedy_decoding",
    "falling_rate",
)
