"""The largest of every 2 x 2 pixels, as a maximum along two axes of windows."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Max-pooling as reshape and max",
    title_zh="用 reshape 和 max 写最大池化",
    ask="""
Write

  max_pool(x)    the largest of every 2 x 2 pixels, each picture and each
                 channel by itself; no pooling function of a library.

JAX| x is (n, height, width, channels), the result (n, height / 2, width / 2,
JAX| channels).
PyTorch| x is (n, channels, height, width), the result (n, channels, height / 2,
PyTorch| width / 2).

Height and width are even. A reshape can cut an axis of 2m pixels into m
windows of 2: (m, 2).

JAX| For several axes at once: jnp.max with a tuple.
PyTorch| For several axes at once: torch.amax.
""",
    ask_zh="""
请写

  max_pool(x)    每 2 x 2 个像素里最大的一个，各幅图、各个通道
                 分别进行；不用库里的池化函数。

JAX| x 是 (n, 高, 宽, 通道)，结果是 (n, 高 / 2, 宽 / 2, 通道)。
PyTorch| x 是 (n, 通道, 高, 宽)，结果是 (n, 通道, 高 / 2, 宽 / 2)。

高和宽都是偶数。reshape 可以把 2m 个像素的轴切成 m 个长度为 2 的
窗口：(m, 2)。

JAX| 要同时对几个轴取最大值：jnp.max 的 axis 用元组。
PyTorch| 要同时对几个轴取最大值：用 torch.amax。
""",
    without=("jax.lax.reduce_window", "flax", "jaxdl", "torch.nn", "torch.max_pool2d"),
)
