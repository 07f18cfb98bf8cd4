"""The ready-made function of attention, told everything."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Calling the ready-made function",
    title_zh="调用现成的函数",
    ask="""
Both frameworks have attention ready-made. It is called with queries
(n, answer, hidden), the states read (n, width, hidden), which are keys
and also values, and x (n, width), 0 in the padding; there is one head.

  attend(query, read, x)  the contexts, (n, answer, hidden), with the
      scores q · s undivided, as in this lesson.

JAX| jax.nn.dot_product_attention(q, k, v, mask=, scale=) wants
JAX| (n, length, heads, size) and a mask that broadcasts to
JAX| (n, heads, answer, width). In it True means: is looked at. The scale is
JAX| 1/√size unless told.
PyTorch| F.scaled_dot_product_attention(q, k, v, attn_mask=, scale=) wants
PyTorch| (n, heads, length, size) and a mask that broadcasts to
PyTorch| (n, heads, answer, width). In it True means: is looked at. The scale is
PyTorch| 1/√size unless told.
""",
    ask_zh="""
两个框架都有现成的注意力函数。传给它的是查询 (n, answer, hidden)、
读过的状态 (n, width, hidden)（既作 key 也作 value）和
x (n, width)（填充处是 0）；只有一个头。

  attend(query, read, x)  上下文，(n, answer, hidden)，得分是
      q · s，不除以任何数，与这一课相同。

JAX| jax.nn.dot_product_attention(q, k, v, mask=, scale=) 要
JAX| (n, length, heads, size)，掩码要能广播到 (n, heads, answer, width)，
JAX| True 表示“要看”。不写 scale 时是 1/√size。
PyTorch| F.scaled_dot_product_attention(q, k, v, attn_mask=, scale=) 要
PyTorch| (n, heads, length, size)，掩码要能广播到 (n, heads, answer, width)，
PyTorch| True 表示“要看”。不写 scale 时是 1/√size。
""",
)
