"""The way back through max-pooling: the largest pixel of a window gets all of it."""

from jaxdl.course.exercises import DERIVATIVES, Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Where the gradient of a maximum goes",
    title_zh="最大值的梯度传给谁",
    ask="""
A picture x (height, width) was pooled: pooled (height / 2, width / 2) holds
the largest of every 2 x 2 pixels. arriving has the shape of pooled: the
derivative of the loss by each of its numbers. Write, by hand and
without jax.grad,

  gradient(x, pooled, arriving)    (height, width), the derivative of the
                                   loss by each pixel of x.

No two pixels are equal. jnp.repeat(a, 2, axis) writes every number along an
axis twice; grow(a) does it along both and is given.
""",
    ask_zh="""
一幅图 x (高, 宽) 经过了池化：pooled (高 / 2, 宽 / 2) 是每 2 x 2 个
像素里最大的一个。arriving 与 pooled 同形：损失对 pooled 中每个
数的导数。请手写（不用 jax.grad）：

  gradient(x, pooled, arriving)    (高, 宽)，损失对 x 的每个像素
                                   的导数。

没有两个像素相等。jnp.repeat(a, 2, axis) 沿一个轴把每个数写两遍；
已给出的 grow(a) 沿两个轴都这样做。
""",
    without=DERIVATIVES,
)
