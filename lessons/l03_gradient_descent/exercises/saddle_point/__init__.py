"""What the second derivatives say where the gradient is 0."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Minimum, maximum or saddle point",
    title_zh="极小值、极大值还是鞍点",
    ask="""
At point, an array of shape (k,), the gradient of f is 0: that alone does
not say what kind of point it is. jax.hessian(f)(point) is the symmetric
(k, k) matrix of the second derivatives, and its eigenvalues, which
jnp.linalg.eigvalsh gives, are the curvatures. Write

  curvatures(f, point)   the eigenvalues, of shape (k,);
  kind(f, point)         "minimum" if all of them are positive, "maximum"
                         if all are negative, else "saddle".

f takes an array (k,) and returns a number. No curvature is 0 here.
""",
    ask_zh="""
在 point（形状 (k,) 的数组）处，f 的梯度是 0：只凭这一点，还不知道
它是哪一种点。jax.hessian(f)(point) 是二阶导数组成的 (k, k) 对称
矩阵，它的特征值就是各个曲率，由 jnp.linalg.eigvalsh 给出。请写出

  curvatures(f, point)   特征值，形状 (k,)；
  kind(f, point)         全为正，返回 "minimum"；全为负，返回
                         "maximum"；其余返回 "saddle"。

f 接收形状 (k,) 的数组，返回一个数。这里没有等于 0 的曲率。
""",
)
