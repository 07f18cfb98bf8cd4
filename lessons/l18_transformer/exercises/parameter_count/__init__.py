"""How many parameters a small GPT has."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Counting a GPT's parameters",
    title_zh="数一数 GPT 的参数",
    ask="""
A GPT has a table of the letters (letters, width) and one of the places
(context, width), and `layers` blocks. In each block

  qkv   (width, 3 · width)      up    (width, 4 · width)
  out   (width, width)          down  (4 · width, width)

and two norms with `width` scales each; behind the blocks one more norm.
Nothing has a bias. The logits are read off with the table of the letters
again: one table, two uses.

  count(letters, context, width, layers)  how many parameters it has;
  added(width, layers)  how many more it has if the size of a block is
      doubled: with 2 · width in place of width, what the blocks have more.
""",
    ask_zh="""
GPT 有一张字母表 (letters, width)、一张位置表 (context, width)，
还有 layers 个 block。每个 block 里

  qkv   (width, 3 · width)      up    (width, 4 · width)
  out   (width, width)          down  (4 · width, width)

以及两个 norm，各有 width 个 scale；所有 block 之后还有一个 norm。
都没有偏置。logits 仍用字母表读出：一张表，两个用处。

  count(letters, context, width, layers)  一共多少个参数；
  added(width, layers)  width 换成 2 · width 时，
      各个 block 一共多出多少个参数。
""",
)
