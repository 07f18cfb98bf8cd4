"""How this net's layers are kept on either side, and what they begin with."""

from dataclasses import replace

from jaxdl.parity import BATCH_NORM as ANY_BATCH_NORM
from jaxdl.parity import CONV2D, Rule

BATCH_NORM = replace(
    ANY_BATCH_NORM,
    name="batch norm without a scale",
    torch=tuple(name for name in ANY_BATCH_NORM.torch if name != "weight"),
    torch_only=("weight", "num_batches_tracked"),
)
"""Bias and running statistics; PyTorch keeps a scale, too, which is 1 and stays it."""


def _identity(generator, shapes):
    """PyTorch's draw, and then `torch.nn.init.dirac_` of the first kernels: one a channel."""
    assert CONV2D.draw
    drawn = CONV2D.draw(generator, shapes)
    out, channels, height, width = shapes["weight"]
    kernel = drawn["weight"].copy()
    kernel[:channels] = 0
    for i in range(min(out, channels)):
        kernel[i, i, height // 2, width // 2] = 1
    return {"weight": kernel}


IDENTITY = replace(CONV2D, name="convolution that begins as the identity", draw=_identity)


def whitening(config) -> Rule:
    """The first layer's: nothing of it is drawn, the training images decide."""

    def draw(generator, shapes):
        import numpy as np

        from lessons.l19_reproduce_a_record.initial import kernel_of

        kernel = kernel_of(config.data).transpose(3, 2, 0, 1)  # HWIO -> OIHW
        return {"weight": kernel, "bias": np.zeros(len(kernel), np.float32)}

    return replace(CONV2D, name="whitening convolution", draw=draw)
