"""Answers to the questions that the chapter ends with, in its order."""

import os
import subprocess
import sys

import numpy as np

from jaxdl.course.exercises import answer
from lessons.l20_many_devices import Config


def on_eight(program):
    """What a program of `eight.py` prints, in a Python of its own with eight devices."""
    command = [sys.executable, "-m", "lessons.l20_many_devices.eight", program]
    there = {**os.environ, "JAX_NUM_CPU_DEVICES": "8", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(command, env=there, capture_output=True, text=True, check=True)
    print(done.stdout.rstrip())


@answer(
    "For embedding[x] an all-reduce of what comes out, (batch, length, width): each device looks "
    "up the letters whose rows it has, gives 0 for the others, and the sum is the right one. For "
    "the logits nothing: each device has those of its own 16 letters, as rows of the table are "
    "columns of the product. The softmax behind them needs three numbers a letter: the largest "
    "logit, the sum of the exponentials, and the right letter's logit.",
    "embedding[x] 要对结果 (batch, length, width) 做一次 all-reduce：每个设备查自己有的那些行，别"
    "的字母给 0，加起来就对了。logits 什么也不用传：表的行就是乘积的列，每个设备有自己那 16 个字母"
    "的 logits。后面的 softmax 对每个字母要传三个数：最大的 logit、指数之和、正确字母的 logit。",
)
def table_by_rows():
    on_eight("by_rows")


@answer(
    "The blocks' numbers are gathered twice, so the all-gathers grow from one P to nearly two "
    "(the tables at both ends are gathered once). The gradients' sums stay. What a step needs "
    "beside the state becomes less than half here: the gathered numbers of all blocks are no "
    "longer kept for the way back, and neither is what was computed of them.",
    "各块的参数收集两次，于是 all-gather 从一个 P 增加到将近两个（两端的表只收集一次）。梯度的求和"
    "不变。状态以外需要的内存在这里减到不足一半：各块收集来的参数不再为回程留着，由它们算出的东西"
    "也不留。",
)
def gathered_twice():
    on_eight("again")


@answer(
    "The transpose of an all-gather is a reduce-scatter: on the way there each device gets all "
    "pieces, on the way back each piece gets the sum of what all devices say about it. By hand "
    "one does get it: JAX writes it into the program, and the CPU's compiler leaves it there.",
    "all-gather 的转置是 reduce-scatter：去程每个设备得到所有的块，回程每一块得到所有设备对它的梯"
    "度之和。手写时确实能得到它：JAX 把它写进程序，CPU 的编译器也保留了它。",
)
def transpose_of_a_gather():
    on_eight("fsdp")


@answer(
    "The logits are a product with the table of 128 letters: beside a block's twelve squares of "
    "the width that is little in a wide net, and most of a block in this narrow one. Every stage "
    "does it, and only the last one has any use for it. To avoid it the stages would have to be "
    "different programs: jax.lax.cond on the stage's number around both ends, or a program for "
    "each stage.",
    "logits 是与 128 个字母的表相乘：与一个块里十二个宽度的平方相比，宽的网络里微不足道，在这个窄"
    "网络里却占一个块的大半。每一级都算它，而只有一级用得上。要避免，各级就得是不同的程序：两端各"
    "放一个按级号分支的 jax.lax.cond，或者每一级一个程序。",
)
def both_ends_everywhere():
    for width in (16, 64, 256, 1024):
        ends, block = 128 * width, 12 * width**2
        print(f"width {width:4}: logits {ends / block:.0%} of a block's products")
    config = Config()
    part = config.batch_size * config.context * 128 * config.width
    print(
        f"default net: {7 * part:,} multiplications in vain a step, on the way there, of 8 stages"
    )


@answer(
    "By hand. Inside shard_map a device's gradient is complete before anything is sent, the "
    "table's two uses added up, and pmean sends it once. jit sums each use's gradient over the "
    "devices first: here two tables' bytes for one.",
    "手写就行。在 shard_map 里，一个设备的梯度先算完整，表的两个用处已经加在一起，pmean 只传一次。"
    "jit 则先对每个用处的梯度分别在设备间求和：这里传了两张表的字节，而不是一张。",
)
def table_summed_once():
    on_eight("tied")


@answer(
    "Left out, dead and silent: the others wait for somebody who does not come, until a timeout "
    "or a lost connection ends them. Other order and unequal batch: the collectives that meet "
    "have different sizes, which most networks refuse, and if the sizes happen to fit, the "
    "numbers are wrong without a word. Unequal seeds: every time on with wrong numbers. That the "
    "others hang or break off we have from what the six are; what is run here are the two that go "
    "on: copies of a weight that began apart stay apart, with a falling loss, and the mean of "
    "unequal shares' means is not the mean.",
    "漏掉一次、死掉、沉默：其余的都在等一个不会来的，直到超时或连接断开。次序不同、批次不等：碰到"
    "一起的集合通信大小不同，多数网络会拒绝；要是大小正好相同，数就错了，而且毫无提示。种子不等："
    "每次都带着错误的数继续。会等、会中断的那些，是由六种故障本身推出来的；这里运行的是会继续的两"
    "种：起点不同的副本一直不同，损失却照样下降；份额不等时，平均值的平均值不是总的平均值。",
)
def six_faults():
    copies, target = np.array([1.0, 1.3]), np.array([3.0, 3.2])
    for step in range(4):
        losses, slopes = (copies - target) ** 2, 2 * (copies - target)
        print(f"step {step}: losses {losses.round(3)}, copies apart {np.ptp(copies):.3f}")
        copies = copies - 0.2 * slopes.mean()
    rows = np.array([1.0, 2.0, 6.0])
    print("mean of [1, 2] and [6]: of means", (rows[:2].mean() + rows[2]) / 2, "true", rows.mean())


@answer(
    "7 of 23 ticks, 30 %. With blocks 1, 9, 17, … on a device a part goes round eight times, and "
    "a tick is an eighth as long, for it is one block and not eight. Still only 7 ticks pass "
    "before the last device has its first work, but short ones: 5 %. The price: each part is "
    "handed on 63 times instead of 7.",
    "23 拍里有 7 拍，30%。如果一个设备拿的是第 1、9、17、… 块，一份数据要绕八圈，一拍只算一块而不"
    "是八块，长度只有八分之一。最后一个设备拿到第一份之前仍然只空 7 拍，但都是短的：5%。代价是每一"
    "份要传 63 次，而不是 7 次。",
)
def round_and_round():
    for blocks_a_tick in (8, 1):
        stages, parts, done = 64 // blocks_a_tick, 16, np.zeros(16, int)
        ticks = busy = 0
        while np.any(done < stages):  # each device takes the part that is furthest on
            taken = {}
            for part in range(parts):
                if done[part] < stages:
                    device = done[part] % 8
                    if device not in taken or done[part] > done[taken[device]]:
                        taken[device] = part
            for part in taken.values():
                done[part] += 1
            ticks, busy = ticks + 1, busy + len(taken)
        print(f"{blocks_a_tick} blocks a tick: {ticks} ticks, idle {1 - busy / (8 * ticks):.0%}")
