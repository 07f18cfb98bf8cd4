"""All the questions of an answer at once, by two products."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="All queries at once",
    title_zh="所有查询一次算完",
    ask="""
In training the decoder's states are there for a whole answer:
query (n, answer, hidden). The states that were read are
read (n, width, hidden). Without a loop:

  scores(query, read)    (n, answer, width): every query with every state;
  context(weights, read) (n, answer, hidden): for each query the sum of
                         the states times its weights (n, answer, width).

jnp.einsum says it with a letter for each axis: an axis that is missing
on the right of the arrow is summed over.
""",
    ask_zh="""
训练时，解码器对整个答案的状态都已经有了：query (n, answer, hidden)。
读过的状态是 read (n, width, hidden)。不用循环，写出：

  scores(query, read)    (n, answer, width)：
                         每个查询与每个状态的得分；
  context(weights, read) (n, answer, hidden)：对每个查询，
                         把状态乘以它的权重 (n, answer, width)
                         再相加。

jnp.einsum 用字母表示轴：箭头右边没有的轴会被求和。
""",
    without=("for", "while"),
)
