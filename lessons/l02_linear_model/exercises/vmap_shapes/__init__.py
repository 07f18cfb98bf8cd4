"""The shapes that vmap gives."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What shape vmap gives",
    title_zh="vmap 给出什么形状",
    ask="""
apply(w, x) is w·x, for a number w and an array x of shape (n,): its result
has the shape (n,). loss(w, b) is one number, for numbers w and b. And there
are ws of shape (m,), bs of shape (k,), and xs of shape (k, n). Write

  shapes(m, n, k)   a dict of the shapes, as tuples of m, n and k, of

    "a"   jax.vmap(apply, in_axes=(0, None))(ws, x)
    "b"   jax.vmap(apply, in_axes=(None, 0))(w, xs)
    "c"   jax.vmap(loss, in_axes=(0, None))(ws, b)
    "d"   inner = jax.vmap(loss, in_axes=(None, 0))
          jax.vmap(inner, in_axes=(0, None))(ws, bs)

A tuple of one number needs a comma: (m,).
""",
    ask_zh="""
apply(w, x) 就是 w·x，w 是一个数，x 是形状 (n,) 的数组：结果的形状
是 (n,)。loss(w, b) 的结果是一个数，w 和 b 都是数。另有 ws，形状
(m,)；bs，形状 (k,)；xs，形状 (k, n)。请写出

  shapes(m, n, k)   一个字典，用 m、n、k 的元组写出下列各项的形状

    "a"   jax.vmap(apply, in_axes=(0, None))(ws, x)
    "b"   jax.vmap(apply, in_axes=(None, 0))(w, xs)
    "c"   jax.vmap(loss, in_axes=(0, None))(ws, b)
    "d"   inner = jax.vmap(loss, in_axes=(None, 0))
          jax.vmap(inner, in_axes=(0, None))(ws, bs)

只有一个数的元组要带逗号：(m,)。
""",
)
