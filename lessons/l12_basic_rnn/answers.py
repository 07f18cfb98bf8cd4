"""Answers to the questions that the chapter ends with, in its order."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl import nn
from jaxdl.course.exercises import answer
from lessons.l12_basic_rnn import Config
from lessons.l12_basic_rnn.functional import answer as word
from lessons.l12_basic_rnn.functional import examples, init, train


@answer(
    "The outputs are the same: all that the second piece needs of the first is its last state. So "
    "are the gradients, as long as the state passes on with its history. With stop_gradient they "
    "differ, since the second piece's loss no longer reaches back into the first. The forward "
    "pass does not notice.",
    "输出一样：第二段需要的只是第一段最后的状态。只要状态连同它的来历一起传下去，梯度也一样。用了 "
    "stop_gradient，梯度就不同了，因为第二段的损失不再传回第一段；前向计算察觉不到这一点。",
)
def in_two_pieces():
    x = jnp.asarray(np.random.default_rng(0).normal(size=(5, 1, 4)), "float32")
    params = init(jax.random.key(0), model="rnn")["rnn"]

    def whole(params):
        return nn.rnn(params, x)[0]

    def pieces(params, cut):
        first, state = nn.rnn(params, x[:2])
        second, _ = nn.rnn(params, x[2:], cut(state))
        return jnp.concatenate([first, second])

    def gradient(run):
        return jax.jit(jax.grad(lambda params: jnp.sum(run(params) ** 2)))(params)

    for name, cut in (("handed on", lambda state: state), ("stop_gradient", jax.lax.stop_gradient)):
        in_pieces = partial(pieces, cut=cut)
        outputs = np.allclose(in_pieces(params), whole(params), atol=1e-6)
        pairs = zip(*map(jax.tree.leaves, (gradient(in_pieces), gradient(whole))), strict=True)
        gradients = all(np.allclose(a, b, atol=1e-5) for a, b in pairs)
        print(f"state {name:13} outputs equal: {outputs}, gradients equal: {gradients}")


@answer(
    "In 8 of 10 starts here. The loss cannot go below 1.70, since a tanh never quite reaches 1; "
    "most that find the word come to within 0.02 of it. The others answer ohlll and stay near "
    "2.19: they have learnt that an l follows, but not when it is over.",
    "这里 10 个起点里有 8 个找到了。损失不会低于 1.70，因为 tanh 永远到不了 1；找到这个词的大多离"
    "它不到 0.02。其余的答 ohlll，停在 2.19 附近：它们学会了后面接 l，却没学会 l 到哪里为止。",
)
def several_seeds():
    surest = np.exp(1) / (np.exp(1) + 3 * np.exp(-1))
    print(f"least loss {-5 * np.log(surest):.2f}")
    found = 0
    for seed in range(10):
        config = Config(epochs=100, seed=seed)
        data = examples(config)
        params, history = train(config, data)
        said = word(config, params, data)
        found += said == "ohlol"
        print(f"seed {seed}: {said}, loss {history['loss'][-1][0]:.2f}")
    print(f"{found} of 10 find the word")


@answer(
    "With tanh it does not: at factor 3 it grows by about one power of ten over ten steps, and "
    "after fifty it is smaller than at the start, for large states lie where the tanh is flat. A "
    "ReLU has no flat end: at factor 3 its gradient explodes, by many powers of ten. At 1.25 it "
    "vanishes there, too, because the units that are at 0 let nothing through.",
    "用 tanh 不会：倍数为 3 时，走十步大约增大一个数量级，五十步之后反而比开头小，因为状态大时 "
    "tanh 是平的。ReLU 没有这样平的一端：倍数为 3 时梯度爆炸，增大许多个数量级。倍数为 1.25 时它也"
    "会消失，因为处在 0 的单元什么也不放过去。",
)
def larger_factors():
    random = np.random.default_rng(0)
    turn = np.linalg.qr(random.normal(size=(8, 8)))[0].astype("float32")
    noisy = random.normal(size=(51, 1, 8)).astype("float32")
    for nonlinearity in ("tanh", "relu"):

        def end(x, factor, nonlinearity=nonlinearity):
            cell = {"kernel_ih": jnp.eye(8), "kernel_hh": factor * turn}
            return jnp.sum(nn.rnn({"l0": cell}, x, nonlinearity=nonlinearity)[1])

        slope = jax.jit(jax.grad(end))
        for factor in (1.25, 3.0):
            size = np.linalg.norm(slope(noisy, np.float32(factor))[::-1, 0], axis=-1)
            powers = [
                "0 gradient" if not size[i] else round(float(np.log10(size[i] / size[0])))
                for i in (1, 10, 50)
            ]
            print(f"{nonlinearity}, factor {factor}: 1, 10, 50 steps back, powers of ten:", powers)


@answer(
    "The first state is made of the input and of zeros, which are known, so it is right after one "
    "round; then the second is made of a right one, and so on. After k rounds k states are right, "
    "in any case after as many rounds as there are steps. Where the weights forget quickly, an "
    "error shrinks in each round, and all 100 states are right to 1e-6 much sooner, here with "
    "weights whose product with a state shortens it to 0.3 of its length.",
    "第一个状态由输入和已知的零算出，所以一轮之后就对了；第二个由对的第一个算出，依此类推。k 轮之"
    "后前 k 个是对的，最多做与步数一样多的轮数就全对。如果权重忘得快，误差每轮都会缩小，全部 100 "
    "个状态早得多就准到 1e-6；这里的权重会把状态的长度缩到 0.3 倍。",
)
def all_states_at_once():
    random = np.random.default_rng(0)
    turn = np.linalg.qr(random.normal(size=(8, 8)))[0].astype("float32")
    x = random.normal(size=(100, 8)).astype("float32")
    for factor in (0.3, 1.0):

        @jax.jit
        def rounds(states, factor=factor):  # f at all steps at once
            before = jnp.concatenate([jnp.zeros((1, 8)), states[:-1]])
            return jnp.tanh(x + factor * before @ turn)

        right, states, needed = jnp.zeros((100, 8)), jnp.zeros((100, 8)), 0
        for _ in range(100):
            right = rounds(right)  # after 100 rounds all are
        while np.abs(states - right).max() > 1e-6:
            states, needed = rounds(states), needed + 1
            if needed == 5:
                exact = int(np.argmax(np.abs(states - right).max(axis=1) > 1e-6))
                print(f"factor {factor}: after 5 rounds the first {exact} states are right")
        print(f"factor {factor}: all 100 states to 1e-6 after {needed} rounds")
