"""A text cut into pieces, and each letter's next one."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Questions and answers out of a text",
    title_zh="从一段文字得到问题和答案",
    ask="""
codes (T,) are the codes of a text's letters. Cut it into pieces of
`length` letters, one behind the other:

  x  (m, length)  the pieces;
  y  (m, length)  for each letter of x the letter that follows it in the
                  text.

pieces(codes, length) returns (x, y), with as many pieces as there are
whole ones whose every letter has a next one. The rest is not used.
""",
    ask_zh="""
codes 的形状是 (T,)，是一段文字的字符编码。把它切成首尾相接的段，
每段 length 个字符：

  x  (m, length)  各段；
  y  (m, length)  x 的每个字符在文字里的下一个字符。

pieces(codes, length) 返回 (x, y)。能切出几个完整的段，
并且每个字符都有下一个字符，m 就是几；剩下的不用。
""",
)
