"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "shapes",
    "batch_first does not turn the state: its layers come first in any case.",
    "batch_first 不改变 state：无论如何，层的轴都在最前。",
)
def state_turned_too(x, hidden, num_layers, batch_first):
    batch = x[0] if batch_first else x[1]
    state = (batch, num_layers, hidden) if batch_first else (num_layers, batch, hidden)
    return (x[0], x[1], hidden), state


@wrong(
    "shapes",
    "With batch_first the batch is the first axis of x.",
    "batch_first 时，x 的第一个轴是 batch。",
)
def always_axis_1(x, hidden, num_layers, batch_first):
    return (x[0], x[1], hidden), (num_layers, x[1], hidden)


@wrong(
    "shapes",
    "What comes out are states: their last axis is hidden, not the features of the input.",
    "输出的是状态：最后一个轴是 hidden，不是输入的特征数。",
)
def features_kept(x, hidden, num_layers, batch_first):
    batch = x[0] if batch_first else x[1]
    return x, (num_layers, batch, hidden)


@wrong(
    "shapes",
    "output comes from the last layer alone; it does not get wider with more layers.",
    "output 只来自最后一层；层数多了，它并不会变宽。",
)
def all_layers_shown(x, hidden, num_layers, batch_first):
    batch = x[0] if batch_first else x[1]
    return (x[0], x[1], num_layers * hidden), (num_layers, batch, hidden)


@wrong(
    "shapes",
    "output has batch_first's order, as the input has.",
    "output 与输入一样，按 batch_first 的顺序。",
)
def output_time_first(x, hidden, num_layers, batch_first):
    batch, seq_len = x[:2] if batch_first else x[1::-1]
    return (seq_len, batch, hidden), (num_layers, batch, hidden)
