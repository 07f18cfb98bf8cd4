"""Where a padded name is over: its length, and the state there."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The state after the last letter",
    title_zh="最后一个字母之后的状态",
    ask="""
n names stand in one array, each filled up with 0 behind its last letter:
x (n, width) has the letters' codes. An RNN has read it, and output has
its state after each place.

  lengths  x -> (n,): how many letters each name has;
  last     output, x -> (n, hidden): each name's state after its last
           letter, before any padding.

JAX| output is (n, width, hidden).
PyTorch| output is what nn.GRU returns unless told otherwise, time first:
PyTorch| (width, n, hidden).
""",
    ask_zh="""
n 个名字放在一个数组里，每个名字的最后一个字母之后用 0 填满：
x 的形状是 (n, width)，里面是字母的编码。RNN 已经读完它，
output 是它在每个位置之后的状态。

  lengths  x -> (n,)：每个名字有几个字母；
  last     output, x -> (n, hidden)：每个名字在最后一个字母
           之后、填充之前的状态。

JAX| output 的形状是 (n, width, hidden)。
PyTorch| output 是 nn.GRU 默认返回的，时间在前：(width, n, hidden)。
""",
)
