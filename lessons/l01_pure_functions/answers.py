"""Answers to the questions that the chapter ends with, in its order."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.course.exercises import answer
from lessons.l01_pure_functions import Config
from lessons.l01_pure_functions.functional import examples, loss, train

DATA = examples(Config())


@answer(
    "Two can, from each of these five starts; one cannot, from any. A single tanh only rises or "
    "only falls along one direction, and the exclusive or goes up and down again. At best a mean "
    "squared error of 1/6 is left then (0 in one corner, 2/3 in the other three); 0.25 is what "
    "the constant 1/2 gives.",
    "两个隐藏单元学得会，这五个起点都可以；一个则无论从哪里开始都学不会。单个 tanh 沿一个方向只升"
    "或只降，而异或是先升后降。这时均方误差最小也有 1/6（一个角上输出 0，另外三个角上输出 2/3）；"
    "0.25 则是处处输出 1/2 的结果。",
)
def width():
    for hidden in (1, 2):
        ends = []
        for seed in range(5):
            _, history = train(Config(hidden=hidden, seed=seed, epochs=1000), DATA)
            ends.append(float(history["loss"][-1][0]))
        print(f"hidden {hidden}, loss after 1000 steps:", *(f"{end:.4f}" for end in ends))


@answer(
    "The steps are too long from the first one on: the loss grows until float32 has no number for "
    "it, and from there on everything is nan. The command says in one line at which step the loss "
    "stopped being finite, advises a smaller learning rate, and ends with exit code 1.",
    "从第一步起步子就太大：损失一直增长，直到 float32 表示不了，此后全是 nan。命令用一行文字说明从"
    "哪一步起损失不再有限，建议换小一点的学习率，并以退出码 1 结束。",
)
def too_far():
    for learning_rate in (0.2, 0.8):
        params, history = train(Config(learning_rate=learning_rate), DATA)
        losses = np.ravel(history["loss"])
        shown = " ".join(f"{losses[k]:.3g}" for k in (0, 5, 10, 20, 50, 100, 300, 499))
        print(f"learning rate {learning_rate}: loss {shown}, in the end {loss(params, DATA):.3g}")


@answer(
    "It is traced once: times is an array like count, whose value Python need not know. fori_loop "
    "records a single round, and the compiled loop repeats it. With Python's range(times), times "
    "would have to be static, and each new value would be compiled anew.",
    "只追踪一次：times 和 count 一样是数组，Python 不需要知道它的值。fori_loop 只记录一轮，由编译"
    "好的循环去重复。如果写 Python 的 range(times)，times 就必须是静态参数，每个新值都要重新编译。",
)
def count_up_compiled_once():
    @jax.jit
    def count_up(count, times):
        print("tracing")
        return jax.lax.fori_loop(0, times, lambda _, count: count + 1, count)

    for times in (1, 5, 1000):
        print(f"count_up(3, {times}) = {count_up(3, times)}")


@answer(
    "In training nothing shows, for there the batch's own statistics are used. In evaluation the "
    "first row comes out almost as it went in, 1 and 10: the running mean is still 0 and the "
    "running variance still 1.",
    "训练时看不出来，因为用的是批量自己的统计量。评估时，第一行几乎原样出来，还是 1 和 10：滑动均"
    "值仍是 0，滑动方差仍是 1。",
)
def statistics_that_are_dropped():
    def normalise(x, state, training):  # the chapter's
        if training:
            n, mean, variance = len(x), x.mean(axis=0), x.var(axis=0)
            state = {
                "mean": 0.9 * state["mean"] + 0.1 * mean,
                "variance": 0.9 * state["variance"] + 0.1 * variance * n / (n - 1),
            }
        else:
            mean, variance = state["mean"], state["variance"]
        return (x - mean[None, :]) / jnp.sqrt(variance[None, :] + 1e-5), state

    x = np.array([[1, 10], [2, 30], [4, 20]], "float32")
    for kept in (True, False):
        state = {"mean": jnp.zeros(2), "variance": jnp.ones(2)}
        for scale in (1, 2, 3):
            in_training, new = normalise(scale * x, state, training=True)
            state = new if kept else state
        y, _ = normalise(x, state, training=False)
        print(f"state {'kept' if kept else 'dropped'}: in training {in_training[0]}", end=", ")
        print(f"in evaluation {y[0]}, mean {state['mean']}")
