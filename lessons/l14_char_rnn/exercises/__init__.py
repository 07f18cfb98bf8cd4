"""The exercises of lesson 14, in their order."""

NAMES = (
    "next_letters",
    "bits_per_letter",
    "temperature",
    "drawn_text",
    "carried_state",
)
