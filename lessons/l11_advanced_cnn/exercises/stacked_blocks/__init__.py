"""Blocks of the same structure as one function whose parameters have an axis more."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Twenty blocks are one block, scanned",
    title_zh="二十个块，一个块加一次 scan",
    ask="""
block(x, params) is given: a residual block for x (pixels, channels) with
params = {"kernel": (channels, channels), "bias": (channels,)}. stacked has
the parameters of many blocks: the same dict, with one axis more in front,
(blocks, …). Write

  deep(x, stacked)    x after all blocks, the first block first.

Use jax.lax.scan(f, x, stacked): it calls f(x, params) with one block's
parameters after the other; f returns a pair, the next x and what is to be
kept of the step (nothing: None). scan returns the last x and what was kept.
""",
    ask_zh="""
已给出 block(x, params)：作用于 x (像素数, 通道数) 的残差块，
params = {"kernel": (通道数, 通道数), "bias": (通道数,)}。stacked
是许多个块的参数：同样的字典，前面多一个轴，(块数, …)。请写

  deep(x, stacked)    x 依次经过所有块之后的结果，第一个块最先。

用 jax.lax.scan(f, x, stacked)：它依次用每个块的参数调用
f(x, params)；f 返回一对：下一个 x，和这一步要保留的东西（没有
就是 None）。scan 返回最后的 x 和保留下来的东西。
""",
)
