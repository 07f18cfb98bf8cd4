"""Attention for one question a row: scores, weights, context."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Scores, weights, context",
    title_zh="得分、权重、上下文",
    ask="""
An encoder has read n words and kept its state after every letter:
read (n, width, hidden). A decoder's state h (n, hidden) asks.

  score    of a state s: the dot product of h @ kernel and s,
           kernel (hidden, hidden);
  weights  the softmax of a word's scores, over the letters read;
  context  the sum of a word's states, each times its weight.

context(kernel, h, read) returns the context, (n, hidden). There is no
padding.
""",
    ask_zh="""
编码器读了 n 个词，每个字母之后的状态都留着：read (n, width, hidden)。
解码器的状态 h (n, hidden) 来查询。

  得分    状态 s 的得分：h @ kernel 与 s 的点积，
          kernel 的形状是 (hidden, hidden)；
  权重    一个词的各个得分的 softmax，对读过的字母取；
  上下文  一个词的各个状态乘以权重，再相加。

context(kernel, h, read) 返回上下文，(n, hidden)。没有填充。
""",
)
