"""The cross-entropy from z, right where the sigmoid is 0 or 1."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A loss without log 0",
    title_zh="不会算到 log 0 的损失",
    ask="""
z, of shape (n,), holds logits, y labels, 1.0 or 0.0. The loss of an example
is -y·log σ(z) - (1 - y)·log(1 - σ(z)). With -log σ(z) = log(1 + e⁻ᶻ) and
-log(1 - σ(z)) = log(1 + eᶻ) it becomes

  log(1 + eᶻ) - y·z

Write, without a ready-made loss of Optax or jaxdl,

  losses(z, y)   of shape (n,): the loss of each example.

The z's lie between -200 and 200. In float32 the sigmoid of 200 is 1, and
e²⁰⁰ is infinite; the losses have to be right nevertheless.
jnp.logaddexp(a, b) is log(eᵃ + eᵇ), computed without overflow.
""",
    ask_zh="""
z 的形状是 (n,)，是 logits；y 是标签，1.0 或 0.0。一个样本的损失是
-y·log σ(z) - (1 - y)·log(1 - σ(z))。
因为 -log σ(z) = log(1 + e⁻ᶻ)，-log(1 - σ(z)) = log(1 + eᶻ)，
它等于

  log(1 + eᶻ) - y·z

不用 Optax 或 jaxdl 里现成的损失函数，请写出

  losses(z, y)   形状 (n,)：每个样本的损失。

z 在 -200 和 200 之间。在 float32 里，200 的 sigmoid 就是 1，e²⁰⁰ 是
无穷大；即便如此，损失也要算对。jnp.logaddexp(a, b) 就是
log(eᵃ + eᵇ)，计算时不会溢出。
""",
    without=("optax", "jaxdl"),
)
