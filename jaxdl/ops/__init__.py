"""Operations of a net with algorithms of our own where XLA's are slow, on a CPU above all."""

from jaxdl.ops.choice import fast, xla
from jaxdl.ops.conv import conv, conv_general_dilated
from jaxdl.ops.pool import avg_pool, max_pool

__all__ = ["avg_pool", "conv", "conv_general_dilated", "fast", "max_pool", "xla"]
