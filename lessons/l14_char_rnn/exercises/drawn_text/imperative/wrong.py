"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "write",
    "multinomial wants probabilities, none below 0; these are logits, as categorical in JAX takes "
    "them.",
    "multinomial 要的是概率，不能有负数；这里给的是 logits，那是 JAX 的 categorical 要的。",
)
def from_logits(generator, table, start, count):
    before, written = start, []
    for _ in range(count):
        before = torch.multinomial(table[before], 1, generator=generator).item()
        written.append(before)
    return torch.tensor(written)


@wrong(
    "write",
    "Every letter is drawn as the one behind the first: the letter before stays `start`.",
    "每个字符都当作第一个之后的那个来抽：前一个字符一直是 start。",
)
def not_given_back(generator, table, start, count):
    p, written = table[start].softmax(dim=0), []
    for _ in range(count):
        written.append(torch.multinomial(p, 1, generator=generator).item())
    return torch.tensor(written)


@wrong(
    "write",
    "The likeliest letter is no draw: this text is the same for every generator.",
    "取最可能的字符不是抽取：不论用哪个生成器，写出的文字都一样。",
)
def likeliest(generator, table, start, count):
    before, written = start, []
    for _ in range(count):
        before = table[before].argmax().item()
        written.append(before)
    return torch.tensor(written)


@wrong(
    "write",
    "The seed is set again for every letter: with the same row the same letter is drawn again. "
    "Seed once, outside.",
    "每个字符都重新设一次种子：遇到同一行就抽到同一个字符。种子只在外面设一次。",
)
def seeded_again(generator, table, start, count):
    before, written = start, []
    for _ in range(count):
        generator.manual_seed(0)
        p = table[before].softmax(dim=0)
        before = torch.multinomial(p, 1, generator=generator).item()
        written.append(before)
    return torch.tensor(written)
