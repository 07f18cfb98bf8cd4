"""The exercises of lesson 6, in their order."""

NAMES = ("cross_entropy", "accuracy", "logit_gradient", "loss_of_logits")
