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

JAX|   evaluate(weights, stats, x)   (n, features), for x (n, features),
JAX|                                 weights {"scale", "bias"} and stats
JAX|                                 {"mean", "var"}, all (features,).
PyTorch|   evaluate(model, x)   what the model, which holds all that, says in
PyTorch|                        evaluation, without a graph. It is in training or
PyTorch|                        in evaluation mode, and is left as it was: its
PyTorch|                        buffers, and its mode.
""",
    ask_zh="""
一个网络只有一层批归一化。训练时用这一批自己的均值和方差；
评估时用记下来的，这样一个样本的输出就不取决于其他样本：

    y = (x - mean) / √(var + 1e-5) · scale + bias

JAX|   evaluate(weights, stats, x)   (n, features)；x (n, features)，
JAX|                                 weights {"scale", "bias"}，stats
JAX|                                 {"mean", "var"} 都是 (features,)。
PyTorch|   evaluate(model, x)   模型在评估模式下的输出，不带计算图；上面说的
PyTorch|                        都在模型里。它可能在训练模式，也可能在评估
PyTorch|                        模式；它的缓冲区和模式都保持原样。
""",
)
