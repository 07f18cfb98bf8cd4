"""Which images an epoch shows mirrored, where every image is to be seen both ways in two epochs."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Every image both ways in two epochs",
    title_zh="每两轮，每张图两面都看到",
    ask="""
first (n,) holds True where an image is mirrored in epoch 0. In each epoch
after that the other images are mirrored: those that were not in the epoch
before. Write

  mirrored(first, epoch)    (n,) of bool: which are mirrored in an epoch,
                            0, 1, 2, ...
""",
    ask_zh="""
first (n,) 为 True 的图像在第 0 轮被镜像。此后每一轮，镜像的都是
另外那些：上一轮没有被镜像的。请写

  mirrored(first, epoch)    (n,) 的 bool：第 epoch 轮（0、1、2……）
                            镜像哪些图像。
""",
)
