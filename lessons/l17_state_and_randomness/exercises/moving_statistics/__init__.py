"""A training step's batch normalisation, and the averages that it leaves."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What a batch leaves behind",
    title_zh="一批数据留下了什么",
    ask="""
Batch normalisation in training, for x (n, features):

    y = (x - μ) / √(σ² + 1e-5),  μ and σ² the batch's, over its examples,
        σ² divided by n;
    mean <- 0.9 mean + 0.1 μ
    var  <- 0.9 var + 0.1 σ² n / (n - 1)       (as PyTorch does)

JAX|   normalise(stats, x)   (y, new stats), stats = {"mean", "var"}, each
JAX|                         (features,). The stats that were given must stay
JAX|                         as they are.
PyTorch|   normalise(mean, var, x)   y alone; mean and var are moved in place. They
PyTorch|                             are buffers, and no gradient may flow into
PyTorch|                             them although x may have requires_grad.
""",
    ask_zh="""
训练时的批归一化，x 的形状是 (n, features)：

    y = (x - μ) / √(σ² + 1e-5)，μ 和 σ² 是这一批样本的，
        σ² 除以 n；
    mean <- 0.9 mean + 0.1 μ
    var  <- 0.9 var + 0.1 σ² n / (n - 1)    （与 PyTorch 相同）

JAX|   normalise(stats, x)   (y, 新的 stats)；stats = {"mean", "var"}，
JAX|                         形状都是 (features,)。传进来的 stats 必须
JAX|                         保持不变。
PyTorch|   normalise(mean, var, x)   只返回 y，并就地改动 mean 和 var；它们
PyTorch|                             是缓冲区，即使 x 带 requires_grad，也不
PyTorch|                             能有梯度流进去。
""",
)
