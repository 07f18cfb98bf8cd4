"""Batch normalisation in evaluation: the statistics that were kept."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Evaluation: what was kept, not the batch",
    title_zh="评估：用记下来的，不用这一批的",
    ask="""
A net is one batch normalisation. In training it takes the batch's own
mean and variance; in evaluation the ones it has kept, so that what comes
out for one example does not depend on the others:

    y = (x - mean) / √(var + 1e-5) · scale + bias

evaluate(weights, stats, x): weights {"scale", "bias"}, stats {"mean",
"var"}, all (features,), x (n, features) -> (n, features).

In PyTorch's style evaluate(model, x) gets a model that holds all that,
and is in training or in evaluation mode. It returns what the model says
in evaluation, without a graph, and leaves the model as it was: its
buffers, and its mode.
""",
    ask_zh="""
一个网络只有一层批归一化。训练时用这一批自己的均值和方差；
评估时用记下来的，这样一个样本的输出就不取决于其他样本：

    y = (x - mean) / √(var + 1e-5) · scale + bias

evaluate(weights, stats, x)：weights {"scale", "bias"}，
stats {"mean", "var"}，都是 (features,)；
x (n, features) -> (n, features)。

PyTorch 一侧的 evaluate(model, x) 拿到的模型里有这一切，
它可能在训练模式，也可能在评估模式。返回模型在评估模式下的输出，
不带计算图；模型的缓冲区和模式都保持原样。
""",
)
