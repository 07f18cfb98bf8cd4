"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l05_linear_regression.exercises.mean_gradient.solution import loss


@wrong(
    "loss",
    "Add up the squares and divide by how many there are: .mean() where this has .sum().",
    "把平方加起来，再除以样本数：这里的 .sum() 应当是 .mean()。",
)
def summed(params, x, y):
    return ((params["w"] * x + params["b"] - y) ** 2).sum()


@wrong(
    "loss",
    "A loss is one number for all examples; take the mean of the n squares.",
    "损失是所有样本合起来的一个数；请对 n 个平方取平均。",
)
def one_an_example(params, x, y):
    return (params["w"] * x + params["b"] - y) ** 2


@wrong(
    "loss",
    "The bias is a parameter, too: w x + b.",
    "偏置也是参数：w x + b。",
)
def without_bias(params, x, y):
    return ((params["w"] * x - y) ** 2).mean()


@wrong(
    "gradient",
    "This is the derivative by x. jax.grad takes it by the first argument, unless argnums says "
    "another one: params come first.",
    "这是对 x 求的导数。jax.grad 默认对第一个参数求导，除非 argnums 另有说明：params 排在第一个。",
)
def by_the_input(params, x, y):
    return jax.grad(loss, argnums=1)(params, x, y)


@wrong(
    "gradient",
    "jax.value_and_grad returns a pair, the loss and the gradient; only the gradient is asked for.",
    "jax.value_and_grad 返回一对：损失和梯度；这里只要梯度。",
)
def with_the_value(params, x, y):
    return jax.value_and_grad(loss)(params, x, y)


@wrong(
    "gradient",
    "jax.grad takes a function and returns a function: jax.grad(loss)(params, x, y).",
    "jax.grad 接受一个函数，返回一个函数：jax.grad(loss)(params, x, y)。",
)
def of_a_number(params, x, y):
    return jax.grad(loss(params, x, y))
