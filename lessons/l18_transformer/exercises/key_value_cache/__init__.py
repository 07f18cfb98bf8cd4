"""Writing with a cache: one letter's query against the keys of all before it."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A letter written with a cache",
    title_zh="带缓存写一个字母",
    ask="""
While a text is written, the keys and the values of the letters that are
there are kept: keys, values (context, size), of which the rows below
`place` are filled and the others are 0. Now the letter at `place` comes,
with its query, key and value, each (size,).

  look(keys, values, place, query, key, value)
      returns (context, keys, values): the caches with the new letter's
      rows in them; and what it finds, (size,), softmax(q kᵀ / √size) v
      over the letters up to place, its own included.

It is called inside jax.jit with place as an argument, so no shape may
depend on it: not keys[: place + 1].
""",
    ask_zh="""
写文字时，已有字母的 key 和 value 都留着：keys、values
(context, size)，place 以前的行已经填好，其余是 0。
现在来了位置 place 上的字母，带着 query、key、value，各是 (size,)。

  look(keys, values, place, query, key, value)
      返回 (上下文, keys, values)：缓存里放进新字母的两行；
      上下文是它找到的 (size,)，softmax(q kᵀ / √size) v，
      对 place 及以前的字母取，包括它自己。

它在 jax.jit 里被调用，place 是参数，所以任何形状都不能取决于它：
不能写 keys[: place + 1]。
""",
)
