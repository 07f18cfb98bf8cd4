"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "gradient",
    "This is the gradient of JAX's kernel. PyTorch's weight is (outputs, inputs).",
    "这是 JAX 的 kernel 的梯度。PyTorch 的 weight 是 (输出, 输入)。",
)
def as_a_kernel(x, slope):
    return x.T @ slope, slope.sum(dim=0)


@wrong(
    "gradient",
    "The bias is one row, added to all n examples: its gradient is the sum over them, (outputs,).",
    "偏置只有一行，加到了 n 个样本上：它的梯度是对样本求和，形状 (输出,)。",
)
def bias_not_summed(x, slope):
    return slope.T @ x, slope


@wrong(
    "gradient",
    "No mean here: each example adds its share to the bias's gradient. A mean in the loss is in "
    "slope already.",
    "这里不取平均：每个样本都给偏置的梯度添上一份。损失里的平均已经在 slope 中。",
)
def mean_for_the_bias(x, slope):
    return slope.T @ x, slope.mean(dim=0)


@wrong(
    "gradient",
    "dim=1 sums over the outputs and leaves one number an example. Which axis are the examples?",
    "dim=1 是对输出求和，每个样本剩一个数。哪个轴才是样本？",
)
def bias_along_dim_1(x, slope):
    return slope.T @ x, slope.sum(dim=1)
