"""A text drawn letter by letter, each given back as the next question."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Each letter drawn is the next question",
    title_zh="抽出的字符是下一个问题",
    ask="""
table (letters, letters) are logits: row i says which letter follows
letter i. Write `count` letters behind the letter `start`:

  write(key, table, start, count)  (count,): each is drawn from the row
      of the letter before it by jax.random.categorical, letter number k
      with the key jax.random.split(key, count)[k].

In PyTorch's style write(generator, table, start, count) draws each from
the softmax of the row, by torch.multinomial(p, 1, generator=generator).
start is an integer (in JAX an int32 array without axes); it is not part
of what is returned.
""",
    ask_zh="""
table 的形状是 (letters, letters)，是 logits：第 i 行说字符 i 后面
是哪个字符。在字符 start 之后写 count 个字符：

  write(key, table, start, count)  (count,)：每个都用
      jax.random.categorical 从前一个字符的那一行里抽，第 k 个用
      jax.random.split(key, count)[k] 作 key。

PyTorch 一侧的 write(generator, table, start, count) 从那一行的
softmax 里抽，用 torch.multinomial(p, 1, generator=generator)。
start 是整数（JAX 里是没有轴的 int32 数组），不在返回的结果里。
""",
)
