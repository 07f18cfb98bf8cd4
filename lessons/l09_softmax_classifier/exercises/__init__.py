"""The exercises of lesson 9, in their order."""

NAMES = (
    "stable_softmax",
    "cross_entropy",
    "accuracy",
    "softmax_gradient",
    "momentum",
    "split_and_merge",
)
