"""The activation is one link of the chain."""

from jaxdl.course.exercises import DERIVATIVES, Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The chain rule through an activation",
    title_zh="链式法则经过激活函数",
    ask="""
Two layers with one number each, and a sigmoid σ between them; the loss of
one example (x, y) is

  s = σ(w1·x)    ŷ = w2·s    l = (ŷ - y)²

All of these are numbers. Write, without jax.grad,

  slopes(w1, w2, x, y)   the pair (∂l/∂w1, ∂l/∂w2).

Go back from l, link by link: ∂l/∂ŷ, then ∂ŷ/∂w2 on the one way and ∂ŷ/∂s,
∂s/∂w1 on the other. The derivative of σ(z) by z is σ(z)·(1 - σ(z)).
""",
    ask_zh="""
两层，每层一个数，中间是 sigmoid 函数 σ；一个样本 (x, y) 的损失是

  s = σ(w1·x)    ŷ = w2·s    l = (ŷ - y)²

这些都是单个的数。不用 jax.grad，请写出

  slopes(w1, w2, x, y)   一对 (∂l/∂w1, ∂l/∂w2)。

从 l 往回，一环一环地走：先是 ∂l/∂ŷ；一条路上接着是 ∂ŷ/∂w2，另一条
路上接着是 ∂ŷ/∂s、∂s/∂w1。σ(z) 对 z 的导数是 σ(z)·(1 - σ(z))。
""",
    without=DERIVATIVES,
)
