"""Weights of attention that see no later letter."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="No letter sees the next one",
    title_zh="没有字母能看到下一个",
    ask="""
query and key (n, length, size) belong to the letters of a text.

  weights(query, key)  (n, length, length): softmax(q kᵀ / √size) over the
      letters up to the letter's own, that one included; 0 for all later
      ones.

The first letter sees itself alone.
""",
    ask_zh="""
query 和 key (n, length, size) 属于一段文字的各个字母。

  weights(query, key)  (n, length, length)：
      softmax(q kᵀ / √size)，对这个字母自己和它前面的字母取；
      后面的字母权重都是 0。

第一个字母只看到自己。
""",
)
