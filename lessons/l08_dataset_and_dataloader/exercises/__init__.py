"""The exercises of lesson 8, in their order."""

NAMES = (
    "batches_of_an_epoch",
    "rows_of_a_batch",
    "mean_of_an_epoch",
    "cut_an_order",
    "order_of_an_epoch",
    "scan_over_batches",
)
