"""What a device holds and sends, predicted."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Bytes held and bytes sent",
    title_zh="存多少字节，传多少字节",
    ask="""
A net has P parameters in float32 (4 bytes); AdamW keeps two more numbers
for each. It is trained on d devices, d divides P. On a ring an all-reduce
of N bytes has each device send 2 N (d - 1) / d, an all-gather and a
reduce-scatter N (d - 1) / d each.

  held(P, d, fsdp)  the bytes of parameters and AdamW's numbers on one
      device: all of them with data parallelism, its share with fsdp;
  sent(P, d, fsdp, gathers)  the bytes that a device sends in a step.
      data: the gradient is all-reduced. fsdp: the parameters are gathered
      `gathers` times, the gradient is reduce-scattered.

Return integers or floats; the optimizer's count of steps does not count.
""",
    ask_zh="""
网络有 P 个 float32 参数（4 字节）；AdamW 为每个参数再记两个数。
在 d 个设备上训练，d 整除 P。在环上，N 字节的 all-reduce 让每个设备
发送 2 N (d - 1) / d，all-gather 和 reduce-scatter 各发送
N (d - 1) / d。

  held(P, d, fsdp)  一个设备上参数和 AdamW 的数共多少字节：
      数据并行时是全部，fsdp 时是它的那一份；
  sent(P, d, fsdp, gathers)  一个设备每步发送多少字节。
      数据并行：梯度 all-reduce。fsdp：参数收集 gathers 次，
      梯度 reduce-scatter。

返回整数或浮点数；优化器的步数计数不算。
""",
)
