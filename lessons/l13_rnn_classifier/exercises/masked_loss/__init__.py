"""The mean over the rows that are names, for a batch filled up with rows of zeros."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A mean that leaves empty rows out",
    title_zh="不计空行的平均值",
    ask="""
The last batch of an epoch is smaller than the others, and is filled up
with rows of zeros, so that all batches have one shape. losses (n,) has
the cross-entropy of every row, x (n, width) the letters' codes.

  mean(losses, x)  the mean of the losses of the rows that have a letter.

It is called inside jax.jit, too: no shape may depend on the numbers.
""",
    ask_zh="""
一轮的最后一批比别的批小，要用全 0 的行补满，让所有批的形状相同。
losses 的形状是 (n,)，是每一行的交叉熵；x 的形状是 (n, width)，
是字母的编码。

  mean(losses, x)  有字母的那些行的损失的平均值。

它也会在 jax.jit 里被调用：任何形状都不能取决于数值。
""",
)
