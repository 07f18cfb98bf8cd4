"""The exercises of lesson 7, in their order."""

NAMES = (
    "count_parameters",
    "linear_layer",
    "labels_as_a_column",
    "loop_over_layers",
    "layer_gradient",
    "one_layer_of_two",
)
