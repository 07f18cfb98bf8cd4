"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l03_gradient_descent.exercises.saddle_point.solution import curvatures


@wrong(
    "kind",
    "A gradient of 0 does not make a saddle: at a minimum and at a maximum it is 0, too. The "
    "signs of the curvatures decide.",
    "梯度为 0 不足以说明是鞍点：在极小值和极大值处它也是 0。要看各个曲率的符号。",
)
def every_zero_is_a_saddle(f, point):
    return "saddle"


@wrong(
    "kind",
    "One positive curvature is not enough for a minimum: uphill in one direction and downhill in "
    "another is a saddle. All of them must be positive (or negative).",
    "有一个曲率为正，还不足以说明是极小值：一个方向上坡、另一个方向下坡，就是鞍点。必须全部为正（"
    "或全部为负）。",
)
def one_is_enough(f, point):
    return "minimum" if (curvatures(f, point) > 0).any() else "maximum"


@wrong(
    "kind",
    "The two words have been exchanged: where all directions go uphill, one stands at the bottom.",
    "两个词写反了：各个方向都是上坡，说明正站在最低处。",
)
def exchanged(f, point):
    found = curvatures(f, point)
    return "maximum" if (found > 0).all() else "minimum" if (found < 0).all() else "saddle"


@wrong(
    "curvatures",
    "The diagonal has the curvatures along the axes only; between them it may be downhill. The "
    "eigenvalues look in every direction.",
    "对角线上只是沿坐标轴方向的曲率；两轴之间可能是下坡。特征值才顾及所有方向。",
)
def the_diagonal(f, point):
    return jnp.diag(jax.hessian(f)(point))


@wrong(
    "curvatures",
    "This is the matrix of second derivatives; its eigenvalues are asked for, jnp.linalg.eigvalsh.",
    "这是二阶导数的矩阵；要的是它的特征值：jnp.linalg.eigvalsh。",
)
def the_matrix(f, point):
    return jax.hessian(f)(point)


@wrong(
    "kind",
    "found > 0 is an array of True and False, and if wants one answer: are they all true? (found "
    "> 0).all()",
    "found > 0 是由 True 和 False 组成的数组，而 if 要的是一个回答：是否全部成立？(found > "
    "0).all()",
)
def if_of_an_array(f, point):
    return "minimum" if curvatures(f, point) > 0 else "saddle"
