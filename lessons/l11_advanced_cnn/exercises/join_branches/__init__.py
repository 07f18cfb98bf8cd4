"""What several branches make of one image, concatenated along the channels."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Branches, side by side in the channels",
    title_zh="把分支沿通道拼起来",
    ask="""
Several branches have looked at the same images; each gives feature maps of
the same height and width. Write

  join(branches)    all of them side by side in the channels.

branches is a list of arrays; their channels may differ in number, or be
equal.
JAX| They are (n, height, width, channels).
PyTorch| They are (n, channels, height, width).
""",
    ask_zh="""
几个分支看了同一批图像，各自给出高和宽相同的特征图。请写

  join(branches)    把它们沿通道并排拼在一起。

branches 是数组的列表；各分支的通道数可以不同，也可以相同。
JAX| 特征图的形状是 (n, 高, 宽, 通道)。
PyTorch| 特征图的形状是 (n, 通道, 高, 宽)。
""",
)
