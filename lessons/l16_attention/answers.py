"""Answers to the questions that the chapter ends with, in its order.

They train a smaller net, 32 numbers a state, on words of up to 6 letters, for some hundred steps,
so that each takes seconds.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import ops, optim
from jaxdl.course.exercises import answer
from lessons.l16_attention import ALPHABETS, Config, functional

HIDDEN = 32
WORDS = Config(letters=6, examples=2_000, hidden=HIDDEN)
KNOBS = {"look": 1.0, "dot": 0.0, "scale": 1.0, "hard": 0.0}


def told(params, x, y, look, dot, scale, hard):
    """`functional.forced` with knobs: the logits, the scores, the weights."""
    kernel = params["attention"]["kernel"]
    kernel = scale * (dot * jnp.eye(len(kernel)) + (1 - dot) * kernel)  # dot: W is left out
    net = functional.net(params | {"attention": {"kernel": kernel}})
    read, state = net.encode(x)
    before = jnp.pad(y[:, :-1], ((0, 0), (1, 0)))
    h, _ = net.decoder(before, state, embedding=net.decoder_embedding)
    scores = jnp.einsum("nah,nwh->naw", net.attention(h), read)
    scores = jnp.where((x > 0)[:, None], scores, jnp.finfo(scores.dtype).min)
    weights = jax.nn.softmax(scores)
    choice = jax.nn.one_hot(jnp.argmax(weights, axis=-1), weights.shape[-1])
    context = look * ((hard * choice + (1 - hard) * weights) @ read)
    return net.fc(jnp.tanh(net.combine(jnp.concatenate([context, h], axis=-1)))), scores, weights


@jax.jit
def trained(params, batches, knobs):
    """Adam: the parameters after the steps, and every step's loss."""
    adam = optim.adam(0.01)

    def loss(params, x, y):
        each = optax.softmax_cross_entropy_with_integer_labels(told(params, x, y, **knobs)[0], y)
        return jnp.mean(each, where=functional.mask(y))

    def step(state, batch):
        params, memory = state
        value, slope = jax.value_and_grad(loss)(params, *batch)
        updates, memory = adam.update(slope, memory)
        return (optax.apply_updates(params, updates), memory), value

    (params, _), losses = jax.lax.scan(step, (params, adam.init(params)), batches)
    return params, losses


@cache
def learnt(config=WORDS, steps=300, **knobs):
    """A net trained so: its parameters, every step's loss."""
    x, y = (column.astype("int32") for column in functional.examples(config))
    rows = np.random.default_rng(0).integers(0, len(x), (steps, 32))
    params = functional.init(jax.random.key(0), len(ALPHABETS[config.task]) + 1, HIDDEN)
    with ops.xla():
        return trained(params, (x[rows], y[rows]), KNOBS | knobs)


@partial(jax.jit, static_argnames="what")
def asked(params, x, y, knobs, what):
    return told(params, x, y, **knobs)[what]


def seen(params, config=WORDS, what=0, **knobs):
    """Of the test: its questions and answers, and what `told` makes of them."""
    x, y = (column[:500].astype("int32") for column in functional.test_examples(config))
    with ops.xla():
        return x, y, np.asarray(asked(params, x, y, KNOBS | knobs, what))


def right(params, config=WORDS, **knobs):
    """The share of the test's answers that are right to the last letter."""
    _, y, logits = seen(params, config, **knobs)
    fine = (logits.argmax(-1) == y) | ~np.asarray(functional.mask(y))
    return np.mean(np.all(fine, axis=1))


@answer(
    "Just as fast here, even a little faster: what W could learn, the two GRUs can learn as well, "
    "as both make states of the same size. W = 1, the identity, makes both the same; what it is "
    "for is two sides that speak different languages, or have states of different sizes.",
    "在这里一样快，甚至还快一点：W 能学的，两个 GRU 也能学会，因为两边的状态大小相同。W 是单位矩阵"
    "时两者相同；它的用处在于两边的状态含义不同，或者大小不同。",
)
def without_w():
    for name, dot in (("general", 0.0), ("dot", 1.0)):
        params, losses = learnt(dot=dot)
        ends = [float(np.mean(losses[k - 20 : k])) for k in (100, 200, 300)]
        print(
            f"{name:8} loss after 100, 200, 300 steps",
            np.round(ends, 3),
            f"right {right(params, dot=dot):.0%}",
        )
    params, _ = learnt()
    same = params | {"attention": {"kernel": jnp.eye(HIDDEN)}}
    a, b = seen(same)[2], seen(params, dot=1.0)[2]
    print("W = 1 gives the same logits as dot:", np.allclose(a, b, atol=1e-4))


@answer(
    "At the beginning all scores are small, with it and without, and the softmax is all but even. "
    "In the end they have a deviation of about 10 as they are and a third of that divided: the "
    "net makes them as large as it needs to point at one letter. The larger they are, the more "
    "the softmax is a choice, and the smaller is its slope a (1 - a), by which every gradient to "
    "W and to the states is multiplied. With 32 numbers both learn; with more the undivided "
    "scores begin larger.",
    "开头不论除不除，得分都小，softmax 几乎是均匀的。最后，不除的标准差约为 10，除了的是它的三分之"
    "一：网络把得分放大到足以指向一个字母。得分越大，softmax 越像选择，它的斜率 a (1 - a) 就越小，"
    "而传给 W 和各个状态的梯度都要乘上它。32 个数时两种都学得会；数更多时，不除的得分一开始就更"
    "大。",
)
def divided_scores():
    start, _ = learnt(steps=1)
    for name, scale in (("as they are", 1.0), ("by √hidden", HIDDEN**-0.5)):
        params, losses = learnt(scale=scale)
        for when, numbers in (("begin", start), ("end", params)):
            x, _, scores = seen(numbers, what=1, scale=scale)
            weights = seen(numbers, what=2, scale=scale)[2]
            real = np.broadcast_to((x > 0)[:, None], scores.shape)
            slope = np.mean((weights * (1 - weights))[real])
            print(
                f"{name:12} {when:5} scores' deviation {scores[real].std():6.2f}, slope {slope:.3f}"
            )
        print(f"{name:12} loss {float(np.mean(losses[-20:])):.3f}")


@answer(
    "(n, answer, width, hidden): the tanh is of every pair of letters, and hidden numbers of "
    "each, before v makes one number of them. A product makes that one number at once. In memory "
    "it costs hidden times as much, and as many tanhs; the multiplications by W and U are no more "
    "than those by W.",
    "(n, answer, width, hidden)：tanh 是对每一对字母取的，每一对有 hidden 个数，之后才由 v 变成一"
    "个数。矩阵乘法直接得到那一个数。内存要 hidden 倍，还要同样多次 tanh；乘以 W 和 U 的乘法并不比"
    "乘以 W 的多。",
)
def additive():
    n, asked_, width, hidden = 64, 17, 16, 100
    h, s = (jax.ShapeDtypeStruct((n, each, hidden), "float32") for each in (asked_, width))
    inner = jax.eval_shape(lambda h, s: jnp.tanh(h[:, :, None] + s[:, None]), h, s)
    product = jax.eval_shape(lambda h, s: jnp.einsum("nah,nwh->naw", h, s), h, s)
    for name, array in (("tanh(W h + U s)", inner), ("hᵀ W s", product)):
        print(f"{name:16} {array.shape!s:20} {4 * array.size:,} bytes")


@answer(
    "One would expect: from the two digits above it. This small net, which after 600 steps has "
    "few sums right, does something simpler: for every digit it looks at the state behind the +, "
    "in which the first number stands whole, and only for the end at the second number. The "
    "second number and the carries have come to it through the state that is handed on: a carry "
    "stands at no single place, it follows from all digits to the right, so it must be in a state "
    "that has read them all. Look at the picture of a long run for what a trained net does.",
    "照理应当取自它上面的两个数字。这个小网络训练 600 步之后答对的还很少，做法也简单：每一位都看 "
    "+ 后面那个状态，里面有完整的第一个数；只有写结尾时才看第二个数。第二个数和进位是经过传下去的"
    "状态得到的：进位不在哪一个位置上，它由右边所有的数字决定，所以必须在一个读过它们的状态里。训"
    "练充分的网络怎样做，请看长时间运行的那张图。",
)
def sums():
    config = Config(task="addition", digits=2, examples=3_900, hidden=HIDDEN)
    params, losses = learnt(config, 600)
    loss, share = float(np.mean(losses[-20:])), right(params, config)
    print(f"two digits, 600 steps: loss {loss:.2f}, right {share:.0%}")
    x, y, weights = seen(params, config, what=2)
    row = int(np.argmax(np.sum(x > 0, axis=1) + (y[:, 2] > 0)))
    question, written = (
        "".join(f"·{ALPHABETS['addition']}"[k] for k in each) for each in (x[row], y[row])
    )
    print("read     ", *(f"{letter:>4}" for letter in question))
    for letter, looks in zip(written, weights[row], strict=True):
        print("written", letter, *(f"{share:4.0%}" for share in looks))


@answer(
    "Most of them: where the net looks at one letter the mean is nearly that state already. It "
    "costs some, above all where two neighbouring states share the weight; and this net is half "
    "trained. Longer training makes the weights sharper, and the difference smaller.",
    "大多数仍是对的：网络只看一个字母时，平均值本来就接近那个状态。有些会错，主要是相邻两个状态分"
    "担权重的地方；况且这个网络只训练了一半。训练更久，权重更尖锐，差别也更小。",
)
def a_hard_choice():
    params, _ = learnt()
    for name, hard in (("mean", 0.0), ("one state", 1.0)):
        print(f"{name:10} {right(params, hard=hard):.0%} of the answers right")


def products(equations):
    return sum(equation.primitive.name == "dot_general" for equation in equations)


@answer(
    "It ends it. The result of combine at one letter is then an input of the recurrence at the "
    "next, so scores, context and combine come into the loop, and every one of their products is "
    "done once for each letter, one after the other, in training, too.",
    "不再成立。一个字母处 combine 的结果成了下一个字母处循环的输入，于是得分、上下文和 combine 都"
    "进了循环，训练时它们的每个乘法也要逐个字母依次做。",
)
def input_feeding():
    def body(feeding, h, s):
        def step(fed, h_t):
            state = jnp.tanh(h_t + fed if feeding else h_t)
            weights = jax.nn.softmax(s @ state)
            made = jnp.tanh(weights @ s + state)
            return made, made

        if feeding:
            return jax.lax.scan(step, jnp.zeros_like(h[0]), h)[1]
        return jnp.tanh(jax.nn.softmax(jnp.tanh(h) @ s.T) @ s + jnp.tanh(h))

    h, s = jnp.zeros((17, HIDDEN)), jnp.zeros((16, HIDDEN))
    for feeding in (False, True):
        equations = jax.make_jaxpr(partial(body, feeding))(h, s).eqns
        at_once = products(equations)
        inside = sum(products(e.params["jaxpr"].eqns) for e in equations if "jaxpr" in e.params)
        print(
            f"input feeding {feeding!s:5}: {at_once} products for all letters, {inside} in a loop"
        )


@answer(
    "Too far to the left, and more so with every letter: it has learnt to walk backwards from the "
    "end of words of up to 6, and behind the sixth letter it is where no training word has led "
    "it, at the beginning of the word. The places are not read off the word; they are in the "
    "states of the two GRUs. (Trained on words of up to 6 letters, tested with 9.)",
    "偏左，而且一个字母比一个字母偏得多：它学会的是从不超过 6 个字母的词的末尾往回走，到第六个字母"
    "之后，就到了训练时没有词把它带到过的地方，总是停在词的开头。位置不是从词里读出来的，而在两个 "
    "GRU 的状态里。（这里用最长 6 个字母的词训练，用 9 个字母的词测试。）",
)
def longer_words():
    params, _ = learnt()
    config = Config(letters=9, examples=2_000, hidden=HIDDEN)
    x, y, weights = seen(params, config, what=2)
    logits = seen(params, config)[2]
    length = np.sum(x > 0, axis=1)
    rows = length == 9
    for t in range(9):
        good = np.mean(logits[rows, t].argmax(-1) == y[rows, t])
        place = weights[rows, t].argmax(-1).mean() + 1
        print(
            f"letter {t + 1}: right {good:4.0%}, looks at {place:.1f} on average ({9 - t} is right)"
        )


@answer(
    "A net that has learnt to look back puts next to nothing into the one state that is handed "
    "on, and fails when it may not look: its last layers wait for a context. One that was never "
    "allowed to has all it can hold in that state; the context that it suddenly gets is made with "
    "an untrained W and goes through untrained numbers of combine: a disturbance, and a small "
    "one, as these numbers are small.",
    "学会了回头看的网络，几乎不往传下去的那一个状态里放什么，不准它看就答不出：后面的层在等上下"
    "文。从不准看的网络，能记住的都放在那个状态里；它突然得到的上下文由没训练过的 W 得出，再经过 "
    "combine 里没训练过的数：是一种干扰，因为那些数小，干扰也小。",
)
def look_and_do_not():
    for learning in (1.0, 0.0):
        params, _ = learnt(look=learning)
        found = {testing: right(params, look=testing) for testing in (1.0, 0.0)}
        print(
            f"trained with look {learning:.0f}:",
            *(f"tested with {k:.0f}: {v:.0%}" for k, v in found.items()),
        )
