"""PyTorch's losses, as pure functions of JAX arrays.

Each has the name, the keywords and the defaults of its function in `torch.nn.functional`, the
options by keyword only; `size_average` and `reduce`, which PyTorch has deprecated, are not there.
Values and gradients are PyTorch's, at ties and kinks, too. Where PyTorch would look at the values
and raise an error, an index out of range, the loss is nan: under `jax.jit` there is nothing to look
at. Arrays of two dtypes are computed in the wider one, half precision gives half precision.

Options are Python values, static under `jax.jit`.
"""

from jaxdl.losses.adaptive import (
    AdaptiveLoss,
    adaptive_log_softmax,
    adaptive_log_softmax_with_loss,
)
from jaxdl.losses.binary import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    multilabel_soft_margin_loss,
    soft_margin_loss,
)
from jaxdl.losses.classification import cross_entropy, linear_cross_entropy, nll_loss
from jaxdl.losses.embedding import (
    cosine_embedding_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from jaxdl.losses.likelihood import gaussian_nll_loss, kl_div, poisson_nll_loss
from jaxdl.losses.margin import (
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
)
from jaxdl.losses.regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from jaxdl.losses.sequence import ctc_loss

__all__ = [
    "AdaptiveLoss",
    "adaptive_log_softmax",
    "adaptive_log_softmax_with_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "cross_entropy",
    "ctc_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "linear_cross_entropy",
    "margin_ranking_loss",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]
