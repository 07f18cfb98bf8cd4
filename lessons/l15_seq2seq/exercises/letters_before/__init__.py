"""What the decoder is told in training: the right letter before each one."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What the decoder is told",
    title_zh="告诉解码器什么",
    ask="""
In training a decoder is told, before it says a letter, which letter
stands before that one in the right answer (teacher forcing). Before the
first one it is told 0.

  before(y)  (n, width) -> (n, width)

y has the answers, numbers from 1 on, and 0 behind their ends. Every row
of y ends with at least one 0.
""",
    ask_zh="""
训练时，解码器每说一个字母之前，先把正确答案里前一个字母告诉它
（教师强制）。第一个字母之前，告诉它 0。

  before(y)  (n, width) -> (n, width)

y 里是答案，字母从 1 开始编号，结束之后是 0。
y 的每一行末尾至少有一个 0。
""",
)
