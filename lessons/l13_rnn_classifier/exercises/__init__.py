"""The exercises of lesson 13, in their order."""

NAMES = (
    "last_letter",
    "layer_shapes",
    "masked_loss",
    "mask_before",
    "masked_scan",
)
