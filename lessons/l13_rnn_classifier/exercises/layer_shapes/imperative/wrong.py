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
        "l0": (3 * hidden, inputs),
        "l1": (3 * hidden, hidden),
        "state": (4, n, hidden),
        "fc": (classes, 2 * hidden),
    }


@wrong(
    "shapes",
    "With bidirectional=True there is a last state for each layer and each direction.",
    "bidirectional=True 时，每一层、每个方向都有一个最后状态。",
)
def states_of_two_layers(n, inputs, hidden, classes):
    return {
        "l0": (3 * hidden, inputs),
        "l1": (3 * hidden, 2 * hidden),
        "state": (2, n, hidden),
        "fc": (classes, 2 * hidden),
    }


@wrong(
    "shapes",
    "One matrix for two gates and the new value, one below the other: three times hidden rows.",
    "两个门和新值共用一个矩阵，上下叠在一起：行数是 hidden 的三倍。",
)
def one_gate(n, inputs, hidden, classes):
    return {
        "l0": (hidden, inputs),
        "l1": (hidden, 2 * hidden),
        "state": (4, n, hidden),
        "fc": (classes, 2 * hidden),
    }


@wrong(
    "shapes",
    "PyTorch's weights are (out, in): it computes x @ weight.T.",
    "PyTorch 的 weight 是 (输出, 输入)：它算的是 x @ weight.T。",
)
def as_jax_has_them(n, inputs, hidden, classes):
    return {
        "l0": (inputs, 3 * hidden),
        "l1": (2 * hidden, 3 * hidden),
        "state": (4, n, hidden),
        "fc": (2 * hidden, classes),
    }
