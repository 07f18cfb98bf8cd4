"""Writing unaided: the decoder is told what it has just said."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The decoder on its own",
    title_zh="解码器独自作答",
    ask="""
decode(before, state) -> logits, state is a decoder's one step: before
(n,) are the letters before, state (n, hidden), logits (n, letters). Let it
write `count` letters for each of n questions, from the state that the
encoder left: it is told 0 first, then each time the letter that it found
likeliest.

  write(decode, state, count)  the letters, (n, count).

JAX| before has the dtype int32 (jax.lax.scan wants the carry to keep its
JAX| dtype).
PyTorch| before has the dtype int64.
""",
    ask_zh="""
decode(before, state) -> logits, state 是解码器的一步：before (n,)
是前一个字母，state 是 (n, hidden)，logits 是 (n, letters)。
让它从编码器留下的状态出发，为 n 个问题各写 count 个字母：
先告诉它 0，之后每次告诉它自己认为最可能的那个字母。

  write(decode, state, count)  写出的字母，(n, count)。

JAX| before 的 dtype 是 int32（jax.lax.scan 要求 carry 的 dtype 不变）。
PyTorch| before 的 dtype 是 int64。
""",
)
