"""A matrix behind which the numbers of a patch have variance 1 and no correlations."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What a whitening layer begins with",
    title_zh="白化层的初始值",
    ask="""
patches (n, d) holds a patch a row. Their second moments are the matrix
C = patchesᵀ patches / n, (d, d). Write

  whitening(patches, epsilon)    the matrix W (d, d) whose columns are the
                                 eigenvectors of C, each divided by the root
                                 of its eigenvalue + epsilon.

Then the second moments of patches @ W are nearly the identity.
jnp.linalg.eigh(C) gives the eigenvalues (d,), and the eigenvectors as the
columns of a (d, d) matrix; their order and signs do not matter here.
""",
    ask_zh="""
patches (n, d) 每行是一个图块。它们的二阶矩是矩阵
C = patchesᵀ patches / n，(d, d)。请写

  whitening(patches, epsilon)    矩阵 W (d, d)，各列是 C 的特征
                                 向量，每个除以（它的特征值 +
                                 epsilon）的平方根。

这样 patches @ W 的二阶矩就几乎是单位矩阵。jnp.linalg.eigh(C) 给出
特征值 (d,)，以及一个 (d, d) 的矩阵，它的各列是特征向量；顺序和
正负号在这里无所谓。
""",
)
