"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "shapes",
    "The upper layer reads both directions of the lower one, side by side: more than hidden "
    "numbers.",
    "上层读的是下层两个方向并排的输出：不止 hidden 个数。",
)
def one_direction_below(n, inputs, hidden, classes):
    return {
        "l0": (inputs, 3 * hidden),
        "l1": (hidden, 3 * hidden),
        "state": (4, n, hidden),
        "fc": (2 * hidden, classes),
    }


@wrong(
    "shapes",
    "Every layer has a last state in each direction: two layers, two directions.",
    "每一层在每个方向上都有一个最后状态：两层，两个方向。",
)
def states_of_one_layer(n, inputs, hidden, classes):
    return {
        "l0": (inputs, 3 * hidden),
        "l1": (2 * hidden, 3 * hidden),
        "state": (2, n, hidden),
        "fc": (2 * hidden, classes),
    }


@wrong(
    "shapes",
    "The linear layer gets two states side by side, one from each direction.",
    "线性层拿到的是并排的两个状态，每个方向一个。",
)
def one_state_for_fc(n, inputs, hidden, classes):
    return {
        "l0": (inputs, 3 * hidden),
        "l1": (2 * hidden, 3 * hidden),
        "state": (4, n, hidden),
        "fc": (hidden, classes),
    }


@wrong(
    "shapes",
    "4 · hidden is an LSTM's. A GRU has two gates and a new value.",
    "4 · hidden 是 LSTM 的。GRU 有两个门和一个新值。",
)
def of_an_lstm(n, inputs, hidden, classes):
    return {
        "l0": (inputs, 4 * hidden),
        "l1": (2 * hidden, 4 * hidden),
        "state": (4, n, hidden),
        "fc": (2 * hidden, classes),
    }


@wrong(
    "shapes",
    "So PyTorch has them, (out, in). JAX multiplies x @ kernel: (in, out).",
    "这是 PyTorch 的写法 (输出, 输入)。JAX 算的是 x @ kernel：(输入, 输出)。",
)
def as_pytorch_has_them(n, inputs, hidden, classes):
    return {
        "l0": (3 * hidden, inputs),
        "l1": (3 * hidden, 2 * hidden),
        "state": (4, n, hidden),
        "fc": (classes, 2 * hidden),
    }
