"""The cross-entropy of a text, in bits a letter."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Bits a letter",
    title_zh="每个字符几比特",
    ask="""
A net has read n pieces of a text; logits (n, length, letters) are what
it says of every next letter, y (n, length) is which letter it was.

  bits(logits, y)  how many bits a letter takes: the mean over all letters
                   of -log2 p, p the probability of the right letter. A
                   number.

JAX| jnp.log, jax.nn.log_softmax and Optax's losses count in nats, with the
JAX| natural logarithm; one bit is ln 2 nats.
PyTorch| torch.log and F.cross_entropy count in nats, with the natural logarithm;
PyTorch| one bit is ln 2 nats.
""",
    ask_zh="""
网络读了一段文字的 n 段；logits 的形状是 (n, length, letters)，
是它对每个“下一个字符”的说法；y 的形状是 (n, length)，是正确的字符。

  bits(logits, y)  每个字符几比特：对所有字符取 -log2 p 的平均，
                   p 是正确字符的概率。一个数。

JAX| jnp.log、jax.nn.log_softmax 和 Optax 的损失函数用的都是自然对数，
PyTorch| torch.log 和 F.cross_entropy 用的都是自然对数，
单位是奈特（nat）；一比特等于 ln 2 奈特。
""",
)
