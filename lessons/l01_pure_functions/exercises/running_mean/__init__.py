"""A layer that remembers: its state goes in and comes out."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A layer that remembers",
    title_zh="有状态的层",
    ask="""
Batch normalisation keeps running statistics: training updates them,
evaluation uses them.

JAX| Here for the mean alone: x is a batch (n, features), mean the running mean
JAX| (features,), and training True or False. Write centred(x, mean, training),
JAX| which returns a pair:
JAX|
JAX|   in training     x minus the batch's own mean, and the new running mean,
JAX|                   0.9 · mean + 0.1 · the batch's mean;
JAX|   in evaluation   x minus the running mean, and the running mean as it was.
PyTorch| The layers hold all that, and model.train() and model.eval() say which is
PyTorch| meant. The model comes in training mode. Write
PyTorch|
PyTorch|   evaluated(model, x)   the model's output for x in evaluation, without a
PyTorch|                         graph; afterwards the model is in training mode
PyTorch|                         again, and its statistics are what they were.
""",
    ask_zh="""
批量归一化要积累统计量：训练时更新，评估时使用。

JAX| 这里只看均值：x 是一个批量 (n, features)，mean 是滑动均值
JAX| (features,)，training 是 True 或 False。请写出 centred(x, mean,
JAX| training)，返回一对：
JAX|
JAX|   训练时   x 减去这个批量自己的均值；新的滑动均值
JAX|            0.9 · mean + 0.1 · 批量的均值；
JAX|   评估时   x 减去滑动均值；滑动均值不变。
PyTorch| 这些都在层里面，用 model.train() 和 model.eval() 指定是哪一种。
PyTorch| 传进来的模型处于训练模式。请写出
PyTorch|
PyTorch|   evaluated(model, x)   模型在评估模式下对 x 的输出，不带计算图；
PyTorch|                         之后模型要回到训练模式，统计量与之前一样。
""",
)
