"""NCHW and NHWC, OIHW and HWIO: axes that are moved, not numbers that are renamed."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="From one layout to the other",
    title_zh="从一种布局到另一种",
    ask="""
PyTorch's pictures are NCHW: (n, channels, height, width), its kernels OIHW:
(out, in, height, width). JAX's are NHWC and HWIO. Carry them over. In JAX:

  pictures(x)    x of PyTorch's layout -> (n, height, width, channels);
  kernels(w)     w of PyTorch's layout -> (height, width, in, out).

In PyTorch the other way: pictures(x) takes NHWC and gives NCHW, kernels(w)
takes HWIO and gives OIHW. Every pixel keeps its own channels.
""",
    ask_zh="""
PyTorch 的图是 NCHW：(n, 通道, 高, 宽)，卷积核是 OIHW：
(输出, 输入, 高, 宽)。JAX 用 NHWC 和 HWIO。请转换。JAX 版：

  pictures(x)    PyTorch 布局的 x -> (n, 高, 宽, 通道)；
  kernels(w)     PyTorch 布局的 w -> (高, 宽, 输入, 输出)。

PyTorch 版方向相反：pictures(x) 把 NHWC 变成 NCHW，kernels(w) 把
HWIO 变成 OIHW。每个像素的各个通道仍然属于它自己。
""",
)
