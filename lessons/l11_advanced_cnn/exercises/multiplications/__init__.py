"""The multiplications of a row of convolutions that keep height and width."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What a narrow place saves",
    title_zh="先变窄能省多少",
    ask="""
Count the multiplications of convolutions one after the other, all with a
padding that keeps height and width. layers is a list of (in_channels,
out_channels, size), size x size being the kernel. Write

  multiplications(side, layers)    for one image of side x side pixels, the
                                   sum over all layers, an int.

Every number that a layer puts out costs one multiplication for each weight
of its kernel.
""",
    ask_zh="""
数一数一串卷积层的乘法次数，各层的填充都使高和宽不变。layers 是
(in_channels, out_channels, size) 的列表，卷积核是 size x size。
请写

  multiplications(side, layers)    一幅 side x side 像素的图像，
                                   所有层合计，int。

一层输出的每个数，要为它的卷积核里的每个权重做一次乘法。
""",
)
