"""PyTorch's weight behind a flattened NCHW picture, as a kernel behind a flattened NHWC one."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A linear layer after the flattening",
    title_zh="展平之后的线性层",
    ask="""
A PyTorch net flattens a picture (channels, height, width) to one row and
multiplies it by weight (outputs, channels · height · width), transposed. In
JAX the same picture is (height, width, channels) and flattens in that
order. Write

  kernel(weight, channels, height, width)

the kernel (height · width · channels, outputs) that makes the same outputs
of the flattened JAX picture. Flattening lays out the last axis first, in
both.
""",
    ask_zh="""
一个 PyTorch 网络把图 (通道, 高, 宽) 展平成一行，再乘以转置的
weight (输出, 通道 · 高 · 宽)。JAX 里同一幅图是 (高, 宽, 通道)，
也按这个顺序展平。请写

  kernel(weight, channels, height, width)

即形状为 (高 · 宽 · 通道, 输出) 的 kernel，它对展平后的 JAX 图
给出同样的输出。两边展平时都是最后一个轴变得最快。
""",
)
