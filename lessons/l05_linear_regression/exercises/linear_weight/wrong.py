"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "carried",
    "This is PyTorch's form, (outputs, inputs); x @ kernel needs the inputs first.",
    "这是 PyTorch 的形状 (outputs, inputs)；x @ kernel 要求 inputs 在前。",
)
def as_it_was(weight, bias):
    return {"kernel": weight, "bias": bias}


@wrong(
    "carried",
    "The shape is right and the numbers are in the wrong places: reshape reads on row after row, "
    "a transpose makes rows of the columns.",
    "形状对了，数的位置却错了：reshape 是按行接着往下排，转置才是把列变成行。",
)
def reshaped(weight, bias):
    return {"kernel": weight.reshape(weight.shape[1], weight.shape[0]), "bias": bias}


@wrong(
    "apply",
    "Examples lie in rows, (n, inputs), and the kernel is (inputs, outputs): x @ kernel, without "
    "a transpose and in this order.",
    "样本是按行排的，(n, inputs)，kernel 是 (inputs, outputs)：x @ kernel，不用转置，顺序也不能"
    "换。",
)
def kernel_first(params, x):
    return params["kernel"] @ x + params["bias"][None, :]


@wrong(
    "apply",
    "The numbers are right and lie the wrong way: this is wᵀxᵀ, a column for each example. A row "
    "for each is asked for.",
    "数是对的，方向不对：这是 wᵀxᵀ，每个样本一列。要的是每个样本一行。",
)
def lying(params, x):
    return params["kernel"].T @ x.T + params["bias"][:, None]


@wrong(
    "apply",
    "Each output has a bias, too: add it to every row.",
    "每个输出还有一个偏置：要加到每一行上。",
)
def without_bias(params, x):
    return x @ params["kernel"]
