"""Shapes of a bidirectional GRU of two layers, and of the linear layer behind it."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The shapes of a GRU that reads in both directions",
    title_zh="双向 GRU 的形状",
    ask="""
A letter is a vector of `inputs` numbers. Two layers of GRU with states of
`hidden` numbers read n names in both directions; a linear layer gets the
upper layer's two last states side by side and gives `classes` logits.
A GRU computes three things of every letter: two gates and a new value.

shapes(n, inputs, hidden, classes) returns a dict of shapes:

  "l0"     of the matrix that multiplies the letter, lower layer, one
JAX|            direction (kernel_ih);
PyTorch|            direction (weight_ih);
  "l1"     the same of the upper layer, which reads what the lower one
           has put out;
  "state"  of all the last states in one array;
  "fc"     of the linear layer's matrix.
JAX|
JAX| Kernels are (in, out).
PyTorch|
PyTorch| Weights are (out, in).
""",
    ask_zh="""
一个字母是 inputs 个数的向量。两层 GRU，状态有 hidden 个数，
从两个方向读 n 个名字；线性层拿到上层的两个最后状态（并排），
给出 classes 个 logits。GRU 对每个字母要算三样：两个门和一个新值。

shapes(n, inputs, hidden, classes) 返回一个字典，里面是形状：

  "l0"     与字母相乘的矩阵，下层，一个方向
JAX|            （kernel_ih）；
PyTorch|            （weight_ih）；
  "l1"     上层的同一个矩阵；上层读的是下层的输出；
  "state"  所有最后状态合成的数组；
  "fc"     线性层的矩阵。
JAX|
JAX| kernel 是 (输入, 输出)。
PyTorch|
PyTorch| weight 是 (输出, 输入)。
""",
)
