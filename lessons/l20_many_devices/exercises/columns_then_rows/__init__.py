"""Two matrices shared among devices, and the one sum that has to travel."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Two layers shared by columns and by rows",
    title_zh="两层分摊：先按列，再按行",
    ask="""
Two layers, relu(x @ up) @ down + bias, are shared among devices. Each has
equally many of the hidden units: its columns of up (width, hidden) and
its rows of down (hidden, width). bias (width,) is everywhere.

  parts(up, down, devices)  a list of (own up, own down), a pair a device;
  summand(x, own_up, own_down)  what a device computes by itself:
      (n, width);
  output(x, up, down, bias, devices)  the two layers' output, as the sum
      of the devices' summands: the one thing that travels.

devices divides hidden.
""",
    ask_zh="""
两层网络 relu(x @ up) @ down + bias 由几个设备分摊。每个设备有同样多的
隐藏单元：up (width, hidden) 的若干列和 down (hidden, width) 的若干行。
bias (width,) 每个设备都有。

  parts(up, down, devices)  列表，每个设备一对 (自己的 up, 自己的 down)；
  summand(x, own_up, own_down)  一个设备独自算出的：(n, width)；
  output(x, up, down, bias, devices)  两层的输出，由各设备的
      summand 相加得到：只有这个和需要传送。

devices 整除 hidden。
""",
)
