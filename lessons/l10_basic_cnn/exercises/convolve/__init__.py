"""One number of a feature map: a window of all channels, times a kernel, added up."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A convolution with all its loops",
    title_zh="写出全部循环的卷积",
    ask="""
x is one picture (height, width, channels), kernel (k, k, channels, m) holds
m kernels; both are NumPy arrays. Fill the loops, without a library's
convolution, of

  convolve(x, kernel)    (height - k + 1, width - k + 1, m): no padding,
                         stride 1, no bias. out[row, column, i] is the sum
                         of the window of k x k pixels that begins there,
                         all channels, times kernel i.

As in every deep learning library, the kernel is not turned round.
""",
    ask_zh="""
x 是一幅图 (高, 宽, 通道)，kernel (k, k, 通道, m) 是 m 个卷积核；
两者都是 NumPy 数组。不用库里的卷积函数，请补全循环：

  convolve(x, kernel)    (高 - k + 1, 宽 - k + 1, m)：不填充，
                         步长 1，没有偏置。out[row, column, i] 是
                         从这里开始的 k x k 窗口（含所有通道）
                         与第 i 个核对应相乘之和。

与各个深度学习库一样，卷积核不翻转。
""",
    without=(
        "jax.lax",
        "jax.scipy",
        "jax.numpy.convolve",
        "numpy.convolve",
        "scipy",
        "flax",
        "torch",
        "jaxdl",
    ),
)
