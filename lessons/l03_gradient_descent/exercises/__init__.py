"""The exercises of lesson 3, in their order."""

NAMES = ("slope_by_hand", "gradient_step", "mini_batches", "random_batch", "saddle_point")
