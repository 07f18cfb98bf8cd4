"""Answers to the questions that the chapter ends with, in its order.

They train a net of the lesson's kind that is much smaller, 60 steps long, so that each takes
seconds: what is large in it is large, and what is small in it need not be there.
"""

import time

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import nn, optim
from jaxdl.course.exercises import answer
from lessons.l18_transformer import Config
from lessons.l18_transformer.pieces import examples

WIDTH, HEADS, STEPS, MOST = 32, 2, 60, 4
KNOBS = {"layers": 2, "post": False, "divided": True, "scale": 0.25, "places": 1.0, "tied": 1.0}


def init(context, layers, divided):
    """A block's arrays one behind the other, for a loop over them."""
    keys = iter(jax.random.split(jax.random.key(0), 7))
    adds = 0.02 / (2 * layers) ** 0.5 if divided else 0.02

    def drawn(std, *shape):
        return std * jax.random.normal(next(keys), shape)

    return {
        "letters": drawn(0.02, 128, WIDTH),
        "places": drawn(0.02, context, WIDTH),
        "head": drawn(0.02, 128, WIDTH),
        "blocks": {
            "qkv": drawn(0.02, MOST, WIDTH, 3 * WIDTH),
            "out": drawn(adds, MOST, WIDTH, WIDTH),
            "up": drawn(0.02, MOST, WIDTH, 4 * WIDTH),
            "down": drawn(adds, MOST, 4 * WIDTH, WIDTH),
        },
    }


def norm(x):
    x = x - jnp.mean(x, axis=-1, keepdims=True)
    return x / jnp.sqrt(jnp.mean(x**2, axis=-1, keepdims=True) + 1e-5)


def logits(params, x, layers, post, scale, places, tied):  # (n, length) -> (n, length, 128)
    n, length = x.shape

    def attend(block, x):
        heads = (x @ block["qkv"]).reshape(n, length, 3, HEADS, -1)
        query, key, value = jnp.moveaxis(heads, (2, 3), (0, 2))
        scores = jnp.where(jnp.tri(length, dtype=bool), scale * query @ key.mT, -jnp.inf)
        return (jax.nn.softmax(scores) @ value).swapaxes(1, 2).reshape(x.shape) @ block["out"]

    def think(block, x):
        return nn.gelu(x @ block["up"]) @ block["down"]

    def through(x, block):
        number, block = block
        came = x
        for part in (attend, think):
            x = x + part(block, jnp.where(post, x, norm(x)))
            x = jnp.where(post, norm(x), x)
        return jnp.where(number < layers, x, came), None  # of 4 blocks as many as are asked for

    with jax.numpy_rank_promotion("allow"):
        x = params["letters"][x] + places * params["places"][:length]
        x, _ = jax.lax.scan(through, x, (jnp.arange(MOST), params["blocks"]))
        return norm(x) @ (tied * params["letters"] + (1 - tied) * params["head"]).T


@jax.jit
def trained(params, batches, rates, knobs):
    """Adam: the loss of every step."""
    adam = optim.adam(1.0)  # times each step's rate

    def loss(params, batch):
        x, y = batch
        found = logits(params, x, **knobs)
        return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(found, y))

    def step(state, inputs):
        params, memory = state
        *batch, rate = inputs
        value, slope = jax.value_and_grad(loss)(params, batch)
        updates, memory = adam.update(slope, memory)
        return (jax.tree.map(lambda p, u: p + rate * u, params, updates), memory), value

    return jax.lax.scan(step, (params, adam.init(params)), (*batches, rates))[1]


def end(context=16, size=16, warmup=0, **knobs):
    """The mean loss of the last ten steps."""
    knobs = KNOBS | knobs
    params = init(context, knobs["layers"], knobs.pop("divided"))
    x, y = examples(Config(context=context))
    picked = np.random.default_rng(0).integers(0, len(x), (STEPS, size))
    batches = x[picked].astype("int32"), y[picked].astype("int32")
    rates = 0.01 * np.minimum(1, (np.arange(STEPS) + 1) / (warmup + 1)).astype("float32")
    return float(jnp.mean(trained(params, batches, rates, knobs)[-10:]))


@answer(
    "In one block it needs none: the norm behind the sum learns faster than the one in front, and "
    "a warm-up of half the steps only takes time away. With four blocks it has not begun to learn "
    "after 60 steps, with the warm-up or without, when the one in front has: behind the sum a "
    "norm rescales the stream itself, and with it every gradient on its way down. Whether a "
    "warm-up helps there takes longer runs; twelve blocks take minutes here.",
    "一个 block 时不需要：norm 放在和的后面比放在前面学得还快，拿一半的步数来预热只是浪费时间。四"
    "个 block 时，放在后面的走了 60 步还没有开始学，预热与否都一样，放在前面的已经开始了：放在和的"
    "后面，norm 会改变主干本身的大小，回传的每个梯度也跟着变。预热能不能帮上忙，要跑得更久才知道；"
    "十二个 block 在这里要几分钟。",
)
def norms_behind_the_sums():
    for layers in (1, 4):
        for post in (False, True):
            plain, warm = (end(layers=layers, warmup=steps, post=post) for steps in (0, 30))
            name = "behind" if post else "in front"
            print(f"{layers} blocks, norm {name:8}: loss {plain:.2f}, with warm-up {warm:.2f}")


@answer(
    "The loss is higher, but not by much after so few steps: most of what a letter says about the "
    "next needs no place. The mask gives something away in a net of more than one block: the "
    "first letter sees one letter, the second two, and a mean over more letters has another size.",
    "损失高一些，但在这么少的步数之后差得不多：一个字母对下一个的提示，多半用不着位置。在不止一个 "
    "block 的网络里，掩码会泄露一些：第一个字母看到一个，第二个看到两个，对更多字母取的平均大小也"
    "不同。",
)
def without_places():
    for places in (1.0, 0.0):
        print(f"places times {places}: loss {end(places=places):.3f}")


@answer(
    "As many as the table has. In this short training two tables even learn faster: the upper "
    "one, whose every row moves in every step, is not held by the lower one. How it ends after "
    "the lesson's 2,000 steps this does not say.",
    "多出一张表那么多。在这次很短的训练里，两张表甚至学得更快：上面那张的每一行每一步都在动，不再"
    "受下面那张牵制。照这一课训练 2,000 步之后会怎样，这里没有说明。",
)
def two_tables():
    for name, tied in (("one table", 1.0), ("two", 0.0)):
        print(f"{name}: loss {end(tied=tied):.3f}")
    lesson = 128 * Config().width
    print(f"another {128 * WIDTH:,} parameters here, {lesson:,} in the lesson's net")


@answer(
    "With four blocks and 60 steps a little: undivided, out and down make the stream grow, and "
    "the loss is higher by a tenth; the scores are small at the beginning, divided or not, and "
    "make hardly a difference yet. Both matter more as the sums become larger: with 12 blocks, in "
    "long training, with large heads. The chapter's two tables show how they grow.",
    "四个 block、60 步，影响不大：不除的话，out 和 down 使主干变大，损失高出十分之一；得分一开始除"
    "不除都小，还看不出多少差别。和越大影响越大：12 个 block、训练很久、头很大。正文的两张表说明了"
    "它们怎样增长。",
)
def not_divided():
    print(f"as it is: {end(layers=4):.3f}")
    print(f"out and down not divided by √(2 · blocks): {end(layers=4, divided=False):.3f}")
    print(f"scores not divided by √size: {end(layers=4, scale=1.0):.3f}")


@answer(
    "With as many letters in a step, four times the context has four times the weights of "
    "attention, so that share of a step grows with the context, and the rest of it does not. "
    "Within 60 steps it brings nothing: what it could bring is beyond what a net at this stage "
    "has learnt, and four long pieces are less varied than sixteen short ones. On the million "
    "letters, and after thousands of steps, one has to try.",
    "一步里字母数相同时，上下文长四倍，注意力的权重就多四倍；一步里这一部分随上下文增长，其余不"
    "变。60 步之内没有好处：它能带来的，这个阶段的网络还学不到，而且四个长段不如十六个短段多样。在"
    "一百万个字母上、几千步之后如何，要自己试。",
)
def a_longer_memory():
    for context, size in ((16, 16), (64, 4)):  # as many letters in a step
        loss, begin = end(context, size), time.perf_counter()
        end(context, size)
        seconds = (time.perf_counter() - begin) / STEPS
        pairs = size * context**2 * HEADS
        print(f"context {context}: loss {loss:.3f}, {pairs:,} weights a block")
        print(f"    {1e3 * seconds:.0f} ms a step")


@answer(
    "As many times as there are heads: 4 in the lesson's net. The cache holds a key and a value "
    "for each place and each head; with one of each for all heads, the heads differ in their "
    "queries alone.",
    "小到原来的 1/head 数：这一课的网络是四分之一。缓存里每个位置、每个头各有一个 key 和一个 "
    "value；所有头共用时，各头只剩 query 不同。",
)
def one_key_for_all_heads():
    config = Config()
    size = config.width // config.heads
    for name, heads in (("each head its own", config.heads), ("one for all", 1)):
        held = 2 * config.layers * config.context * heads * size * 4
        print(f"{name:18} {held:9,} bytes of keys and values, in float32")


@answer(
    "Yes. Two rotations meet in a score as their difference alone, so a score depends on how far "
    "apart the letters are, and not on where they stand: when the oldest letter goes, and every "
    "place becomes one less, no score changes. (What upper blocks have kept was computed with the "
    "old letter in sight; reading anew would give something a little different.)",
    "能。两个旋转在得分里只剩角度之差，所以得分取决于两个字母相距多远，与它们站在哪里无关：最早的"
    "字母离开，所有位置都减一，得分一个也不变。（上面各块留下的东西，是在还看得到那个字母时算出"
    "的；重新读一遍会略有不同。）",
)
def turned_by_the_place():
    def turned(x, place):
        first, second = np.split(x, 2)
        angle = place / 100 ** (np.arange(len(first)) / len(first))
        cos, sin = np.cos(angle), np.sin(angle)
        return np.concatenate([cos * first - sin * second, sin * first + cos * second])

    query, key = np.random.default_rng(0).normal(size=(2, 16))
    for places in ((9, 4), (8, 3), (109, 104), (9, 5)):
        print(f"places {places}: score {turned(query, places[0]) @ turned(key, places[1]):.6f}")


@answer(
    "It has four times the letters to compute, and that is what its time is made of; only the "
    "optimizer's part is there once. Of the batch of 64 (here for 48) the gradient is less noisy "
    "and the loss somewhat lower after as many steps, but by no means as low as after four times "
    "the steps. (The milliseconds are this machine's, at the time of asking.)",
    "要算的字母是四倍，时间主要花在这上面；只有优化器那部分不变。批次为 64（这里代替 48）时梯度的"
    "噪声小些，走同样多步之后损失略低，但远不如走四倍的步数。（毫秒数是这台机器此刻的。）",
)
def four_times_the_batch():
    for size in (16, 64):
        loss, begin = end(size=size), time.perf_counter()
        end(size=size)
        seconds = (time.perf_counter() - begin) / STEPS
        print(f"batch {size}: {1e3 * seconds:.0f} ms a step, loss after {STEPS} steps {loss:.2f}")


@answer(
    "Clipping multiplies by the largest norm over the norm, and with one NaN the norm is NaN, so "
    "after it every number is. A training of weeks looks whether loss and gradient are finite, "
    "leaves the step out if not (optax.apply_if_finite does), and goes back to a checkpoint from "
    "before if it happens again and again, past the data that did it.",
    "裁剪是乘以“最大范数除以范数”，有一个 NaN，范数就是 NaN，之后所有的数都成了 NaN。训练几个星期"
    "的程序会检查损失和梯度是否有限，不是就跳过这一步（optax.apply_if_finite 就这样做）；一再发生"
    "时，就退回之前的检查点，并跳过引起它的数据。",
)
def one_nan():
    gradient = jnp.array([1.0, jnp.nan, 3.0])
    clip = optim.clip_grad_norm(1.0)
    print("clipped:", clip.update(gradient, clip.init(gradient))[0])
    careful = optax.apply_if_finite(optax.sgd(0.1), max_consecutive_errors=5)
    updates, state = careful.update(gradient, careful.init(gradient))
    print("apply_if_finite:", updates, "steps left out:", optax.tree.get(state, "total_notfinite"))
