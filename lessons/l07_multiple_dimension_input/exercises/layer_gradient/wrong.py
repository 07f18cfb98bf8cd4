"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "gradient",
    "The bias is one row, added to all n examples: its gradient is the sum over them, (outputs,).",
    "偏置只有一行，加到了 n 个样本上：它的梯度是对样本求和，形状 (输出,)。",
)
def bias_not_summed(x, slope):
    return {"kernel": x.T @ slope, "bias": slope}


@wrong(
    "gradient",
    "No mean here: each example adds its share to the bias's gradient. A mean in the loss is in "
    "slope already.",
    "这里不取平均：每个样本都给偏置的梯度添上一份。损失里的平均已经在 slope 中。",
)
def mean_for_the_bias(x, slope):
    return {"kernel": x.T @ slope, "bias": slope.mean(axis=0)}


@wrong(
    "gradient",
    "axis=1 sums over the outputs and leaves one number an example. Which axis are the examples?",
    "axis=1 是对输出求和，每个样本剩一个数。哪个轴才是样本？",
)
def bias_along_axis_1(x, slope):
    return {"kernel": x.T @ slope, "bias": slope.sum(axis=1)}


@wrong(
    "gradient",
    "A gradient has its parameter's shape: the kernel is (inputs, outputs).",
    "梯度与参数同形：kernel 是 (输入, 输出)。",
)
def kernel_transposed(x, slope):
    return {"kernel": slope.T @ x, "bias": slope.sum(axis=0)}


@wrong(
    "gradient",
    "The product has summed over the examples; nobody asked to divide by their number.",
    "矩阵乘积已经对样本求了和；不需要再除以样本数。",
)
def kernel_divided(x, slope):
    return {"kernel": x.T @ slope / len(x), "bias": slope.sum(axis=0)}
