"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "held",
    "These are the parameters alone. AdamW keeps two numbers for each of them: two thirds of what "
    "there is.",
    "这只是参数。AdamW 为每个参数记两个数：占总数的三分之二。",
)
def parameters_alone(P, d, fsdp):
    return 4 * P // (d if fsdp else 1)


@wrong(
    "held",
    "The parameters are shared out, and AdamW's numbers are everywhere whole. fsdp shares both: "
    "two thirds of it are the optimizer's.",
    "参数分摊了，AdamW 的数却每个设备都存了全部。fsdp 两样都分摊：三分之二是优化器的。",
)
def optimizer_whole(P, d, fsdp):
    return 4 * P // (d if fsdp else 1) + 8 * P


@wrong(
    "held",
    "Numbers, not bytes: a float32 takes four.",
    "这是数的个数，不是字节：一个 float32 占四个字节。",
)
def numbers(P, d, fsdp):
    return 3 * P // (d if fsdp else 1)


@wrong(
    "sent",
    "With data parallelism only the gradient travels, once all-reduced; how often fsdp gathers "
    "plays no part.",
    "数据并行时只传梯度，all-reduce 一次；fsdp 收集几次与它无关。",
)
def gathers_for_both(P, d, fsdp, gathers):
    return (gathers + 1) * 4 * P * (d - 1) / d


@wrong(
    "sent",
    "The gathering is there, but the gradient must travel, too.",
    "收集算上了，但梯度也要传。",
)
def without_the_gradient(P, d, fsdp, gathers):
    once = 4 * P * (d - 1) / d
    return gathers * once if fsdp else 2 * once


@wrong(
    "sent",
    "This is the size of what comes out, whole. On a ring each device sends (d - 1) / d of it, "
    "and for an all-reduce twice that.",
    "这是结果的大小。在环上每个设备发送它的 (d - 1) / d，all-reduce 是两倍。",
)
def size_of_the_result(P, d, fsdp, gathers):
    return (gathers + 1) * 4 * P if fsdp else 4 * P
