"""What comes out of a recurrent layer, in which shape, with and without batch_first."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The shapes of a recurrent layer",
    title_zh="循环层的形状",
    ask="""
nn.RNN(features, hidden, num_layers) reads sequences of vectors: x is
(seq_len, batch, features), or with batch_first (batch, seq_len, features).
It returns output, the last layer's state after every step, and state, the
state of every layer after the last step. Write

  shapes(x, hidden, num_layers, batch_first)

x being the input's shape, a tuple of three ints: a pair of tuples, the
shapes of output and of state. batch_first concerns input and output only.
""",
    ask_zh="""
nn.RNN(features, hidden, num_layers) 读入向量的序列：x 的形状是
(seq_len, batch, features)，batch_first 时是
(batch, seq_len, features)。它返回 output，即最后一层在每一步之后
的状态；以及 state，即每一层在最后一步之后的状态。请写

  shapes(x, hidden, num_layers, batch_first)

x 是输入的形状，三个 int 的元组；返回两个元组：output 的形状和
state 的形状。batch_first 只涉及输入和输出。
""",
)
