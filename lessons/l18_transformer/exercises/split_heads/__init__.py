"""One matrix product cut into query, key and value of several heads."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Query, key and value of several heads",
    title_zh="几个头的 query、key 和 value",
    ask="""
One product makes query, key and value of all heads side by side:
qkv (n, length, 3 · width). Its last axis has the query's width numbers
first, then the key's, then the value's; in each of them one head's `size`
numbers, then the next head's: width = heads · size.

  split(qkv, heads)  (query, key, value), each (n, heads, length, size);
  merge(context)     what the heads have found, (n, heads, length, size),
                     side by side again: (n, length, width).
""",
    ask_zh="""
一次矩阵乘法就得到所有头的 query、key、value，并排放着：
qkv (n, length, 3 · width)。最后一轴先是 query 的 width 个数，
再是 key 的，再是 value 的；其中每一份里先是第一个头的 size 个数，
再是下一个头的：width = heads · size。

  split(qkv, heads)  (query, key, value)，
                     形状都是 (n, heads, length, size)；
  merge(context)     各个头找到的 (n, heads, length, size)，
                     重新并排：(n, length, width)。
""",
)
