"""The exercises of lesson 4, in their order."""

NAMES = ("chain_rule", "every_parameter", "example_gradients", "second_derivative")
