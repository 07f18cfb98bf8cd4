"""A function that returns what is new and leaves alone what it was given."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A function that changes nothing",
    title_zh="什么都不改动的函数",
    ask="""
A pure function changes nothing that it is given: what is new, it returns.
Counts stand in a dict, such as {"hits": 3, "misses": 5}. Write

  next_counts(counts, name)   returns a new dict, in which the count called
                              name is one higher than in counts.

next_counts({"hits": 3, "misses": 5}, "hits") is {"hits": 4, "misses": 5},
and the dict that was handed in is afterwards what it was before.

{**counts} is a copy of a dict; {**counts, "hits": 0} is a copy in which the
value of "hits" is 0.
""",
    ask_zh="""
纯函数不改动传给它的任何东西：有什么新的结果，就返回它。
计数放在一个字典里，例如 {"hits": 3, "misses": 5}。请写出

  next_counts(counts, name)   返回一个新字典，其中名为 name 的计数
                              比 counts 里的大 1。

next_counts({"hits": 3, "misses": 5}, "hits") 得到
{"hits": 4, "misses": 5}，而传进来的那个字典，调用之后与调用之前
一样。

{**counts} 是字典的一个副本；{**counts, "hits": 0} 也是副本，其中
"hits" 的值是 0。
""",
)
