"""The exercises of lesson 5, in their order."""

NAMES = ("mean_gradient",)
