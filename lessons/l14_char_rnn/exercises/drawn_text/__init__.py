"""A text drawn letter by letter, each given back as the next question."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Each letter drawn is the next question",
    title_zh="抽出的字符是下一个问题",
    ask="""
table (letters, letters) are logits: row i says which letter follows
letter i. Write `count` letters behind the letter `start`:

JAX|   write(key, table, start, count)  (count,): each is drawn from the row
JAX|       of the letter before it by jax.random.categorical, letter number k
JAX|       with the key jax.random.split(key, count)[k].
PyTorch|   write(generator, table, start, count)  (count,): each is drawn from the
PyTorch|       softmax of the row of the letter before it, by torch.multinomial(p,
PyTorch|       1, generator=generator).

JAX| start is an int32 array without axes; it is not part of what is returned.
PyTorch| start is an integer; it is not part of what is returned.
""",
    ask_zh="""
table 的形状是 (letters, letters)，是 logits：第 i 行说字符 i 后面
是哪个字符。在字符 start 之后写 count 个字符：

JAX|   write(key, table, start, count)  (count,)：每个都用
JAX|       jax.random.categorical 从前一个字符的那一行里抽，第 k 个用
JAX|       jax.random.split(key, count)[k] 作 key。
PyTorch|   write(generator, table, start, count)  (count,)：每个都从前一个
PyTorch|       字符的那一行的 softmax 里抽，用
PyTorch|       torch.multinomial(p, 1, generator=generator)。

JAX| start 是没有轴的 int32 数组，不在返回的结果里。
PyTorch| start 是整数，不在返回的结果里。
""",
)
