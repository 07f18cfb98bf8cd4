"""NCHW and NHWC, OIHW and HWIO: axes that are moved, not numbers that are renamed."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="From one layout to the other",
    title_zh="从一种布局到另一种",
    ask="""
PyTorch's pictures are NCHW: (n, channels, height, width), its kernels OIHW:
(out, in, height, width). JAX's are NHWC and HWIO. Carry them over. Write

JAX|   pictures(x)    x of PyTorch's layout -> (n, height, width, channels);
JAX|   kernels(w)     w of PyTorch's layout -> (height, width, in, out).
PyTorch|   pictures(x)    x of JAX's layout -> (n, channels, height, width);
PyTorch|   kernels(w)     w of JAX's layout -> (out, in, height, width).

Every pixel keeps its own channels.
""",
    ask_zh="""
PyTorch 的图是 NCHW：(n, 通道, 高, 宽)，卷积核是 OIHW：
(输出, 输入, 高, 宽)。JAX 用 NHWC 和 HWIO。请写出转换：

JAX|   pictures(x)    PyTorch 布局的 x -> (n, 高, 宽, 通道)；
JAX|   kernels(w)     PyTorch 布局的 w -> (高, 宽, 输入, 输出)。
PyTorch|   pictures(x)    JAX 布局的 x -> (n, 通道, 高, 宽)；
PyTorch|   kernels(w)     JAX 布局的 w -> (输出, 输入, 高, 宽)。

每个像素的各个通道仍然属于它自己。
""",
)
