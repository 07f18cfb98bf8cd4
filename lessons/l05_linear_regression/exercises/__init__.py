"""The exercises of lesson 5, in their order."""

NAMES = ("mean_gradient", "column_and_row", "linear_weight", "momentum", "optimizer_loop")
