"""The exercises of lesson 19, in their order."""

NAMES = ("alternating_flip", "smoothed_labels", "nesterov", "whitening")
