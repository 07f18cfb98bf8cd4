"""The number of places at which a window fits: kernel, stride, padding."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="How large is what comes out?",
    title_zh="输出有多大",
    ask="""
A row of n pixels gets p zeros at both ends; a window of k pixels lies first
at the left end and then moves s pixels at a time, as long as it fits.
Write

  size(n, k, s, p)    at how many places it has lain: the length of the
                      output row of a convolution or a pooling, an int.

For example size(28, 5, 1, 0) is 24 and size(7, 2, 2, 0) is 3.
""",
    ask_zh="""
一行有 n 个像素，两端各补 p 个零；一个 k 个像素宽的窗口先放在
最左端，然后每次移动 s 个像素，直到放不下为止。请写

  size(n, k, s, p)    窗口一共放过多少个位置：也就是卷积或
                      池化的输出一行有多长，int。

例如 size(28, 5, 1, 0) 是 24，size(7, 2, 2, 0) 是 3。
""",
)
