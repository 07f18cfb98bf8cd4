"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


def begin(state):
    return torch.zeros(len(state), dtype=torch.long), []


@wrong(
    "write",
    "The decoder is told 0 every time: it does not hear what it has said itself.",
    "每一次告诉解码器的都是 0：它听不到自己说了什么。",
)
def told_nothing(decode, state, count):
    before, said = begin(state)
    for _ in range(count):
        logits, state = decode(before, state)
        said.append(logits.argmax(dim=1))
    return torch.stack(said, dim=1)


@wrong(
    "write",
    "The state stays the encoder's: what decode returns as the new state is thrown away.",
    "状态一直是编码器的那个：decode 返回的新状态被丢掉了。",
)
def state_not_carried(decode, state, count):
    before, said = begin(state)
    for _ in range(count):
        before = decode(before, state)[0].argmax(dim=1)
        said.append(before)
    return torch.stack(said, dim=1)


@wrong(
    "write",
    "stack puts the new axis first unless told dim=1: (count, n). One row for each question is "
    "asked for.",
    "不写 dim=1 时，stack 把新轴放在最前：(count, n)。这里要每个问题一行。",
)
def time_first(decode, state, count):
    before, said = begin(state)
    for _ in range(count):
        logits, state = decode(before, state)
        before = logits.argmax(dim=1)
        said.append(before)
    return torch.stack(said)


@wrong(
    "write",
    "cat puts the letters one behind the other along the axis there is, and makes none; stack "
    "makes a new one.",
    "cat 沿已有的轴首尾相接，不会产生新轴；stack 才会。",
)
def in_one_row(decode, state, count):
    before, said = begin(state)
    for _ in range(count):
        logits, state = decode(before, state)
        before = logits.argmax(dim=1)
        said.append(before)
    return torch.cat(said)
