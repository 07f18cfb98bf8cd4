"""Answers to the questions that the chapter ends with, in its order.

They train one layer of 48 numbers for some hundred steps on the short play, so that each takes
seconds.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import nn, ops, optim
from jaxdl.course.exercises import answer
from jaxdl.data import load
from lessons.l14_char_rnn import functional

HIDDEN, ROWS, LENGTH = 48, 16, 50


def init(unit="gru"):
    """An embedding, a GRU or an LSTM of one layer, a linear layer, of the program's own kind."""
    parts = {"gru": 3, "lstm": 4}[unit]
    keys = iter(jax.random.split(jax.random.key(0), 6))

    def drawn(*shape):
        return jax.random.uniform(next(keys), shape, minval=-1, maxval=1) / HIDDEN**0.5

    cell = {"kernel_ih": drawn(HIDDEN, parts * HIDDEN), "kernel_hh": drawn(HIDDEN, parts * HIDDEN)}
    biases = {name: jnp.zeros(parts * HIDDEN) for name in ("bias_ih", "bias_hh")}
    return {
        "embedding": HIDDEN**0.5 * drawn(128, HIDDEN),
        unit: {"l0": cell | biases},
        "fc": drawn(HIDDEN, 128),
    }


def read(params, x, state=None):
    """As in the program: logits (n, length, 128), state."""
    unit = nn.lstm if "lstm" in params else nn.gru
    cells = params["lstm" if "lstm" in params else "gru"]
    with ops.xla():
        output, state = unit(cells, params["embedding"][x].swapaxes(0, 1), state)
    return (output @ params["fc"]).swapaxes(0, 1), state


@partial(jax.jit, static_argnames="carried")
def trained(params, x, y, carried=False):
    """Adam on batches (steps, n, length): the parameters, the loss of each place of each step."""
    adam = optim.adam(0.01)

    def loss(params, batch, state):
        found, state = read(params, batch[0], state)
        each = optax.softmax_cross_entropy_with_integer_labels(found, batch[1])
        return jnp.mean(each), (jnp.mean(each, axis=0), state)

    def step(carry, batch):
        params, memory, state = carry
        given = state if carried else jnp.zeros_like(state)
        (_, (places, state)), slope = jax.value_and_grad(loss, has_aux=True)(params, batch, given)
        updates, memory = adam.update(slope, memory)
        return (optax.apply_updates(params, updates), memory, state), places

    start = params, adam.init(params), jnp.zeros((1, x.shape[1], HIDDEN))
    (params, _, _), losses = jax.lax.scan(step, start, (x, y))
    return params, losses


def in_rows(split):
    """The text in 16 long rows; a batch is the next 50 letters of each: (steps, 16, 50)."""
    steps = (len(split.x) - 1) // (ROWS * LENGTH)
    whole = ROWS * LENGTH * steps
    cut = (np.asarray(c[:whole], "int32").reshape(ROWS, steps, LENGTH) for c in (split.x, split.y))
    return [rows.swapaxes(0, 1) for rows in cut]


@cache
def learnt(carried=False, epochs=20):
    """A net that has read the play so: its parameters, and the loss of every place."""
    x, y = (np.tile(rows, (epochs, 1, 1)) for rows in in_rows(load("play").train))
    return trained(init(), x, y, carried=carried)


@partial(jax.jit, static_argnames=("count", "largest"))
def written(params, key, start, count, temperature, largest=128):
    """As `functional.write`, with all logits but the `largest` at -inf."""

    def letter(carry, key):
        logits, state = carry
        least = jax.lax.top_k(logits, largest)[0][-1]
        likely = jnp.where(logits < least, -jnp.inf, logits) / jnp.maximum(temperature, 1e-6)
        drawn = jax.random.categorical(key, likely)
        logits, state = read(params, drawn[None, None], state)
        return (logits[0, -1], state), drawn

    logits, state = read(params, start[None])
    return jax.lax.scan(letter, (logits[0, -1], state), jax.random.split(key, count))[1]


def text(params, temperature, count=400, **options):
    codes = jnp.array(list(b"SHEPHERD:"))
    drawn = written(params, jax.random.key(1), codes, count, temperature, **options)
    return bytes(np.asarray(drawn, np.uint8)).decode("ascii")


def known(words):
    """The share of a text's words that the play has."""
    play = set(bytes(np.asarray(load("play").train.x, np.uint8)).decode("ascii").split())
    words = words.split()[1:-1]
    return np.mean([word in play for word in words])


def bits(params, split):
    x, y = (jnp.asarray(column, "int32") for column in functional.pieces(split, LENGTH))
    losses = optax.softmax_cross_entropy_with_integer_labels(jax.jit(read)(params, x)[0], y)
    return float(jnp.mean(losses) / jnp.log(2))


@answer(
    "At 0 it goes round in a circle almost at once: the same few words over and over. Between 0.4 "
    "and 0.7 most words are the play's, and hardly repeat. At 1 half of them are invented, at 1.5 "
    "most. (A small net, trained for seconds; the better one knows its play, the higher the "
    "temperature at which it begins to invent.)",
    "温度为 0 时几乎马上开始循环：同样几个词翻来覆去。0.4 到 0.7 之间，多数词是剧本里有的，也很少"
    "重复。到 1 有一半是造出来的，到 1.5 大多是造的。（小网络，只训练了几秒；对剧本学得越好，开始"
    "造词的温度就越高。）",
)
def temperatures():
    params, _ = learnt()
    for temperature in (0.0, 0.4, 0.7, 1.0, 1.5):
        found = text(params, temperature)
        words = found.split()
        print(f"{temperature}: {known(found):.0%} of the words are the play's,", end=" ")
        print(f"{len(set(words))} of {len(words)} differ: {found[:50]!r}")


@answer(
    "Of the million letters it takes nearly the same on both parts: there is too much to learn by "
    "heart. That run needs the data and some minutes; here is the short play, with the small net. "
    "After few epochs the two parts are as good as equal; after more of them the training part "
    "becomes cheaper faster than the test part, and the gap is what has been learnt by heart. "
    "More text closes it.",
    "在一百万个字符上，两部分所需的比特数会很接近：太多了，背不下来。那样跑一次需要数据，也要几分"
    "钟；这里用的是短剧和小网络。几轮之后两部分差不多；轮数再多，训练部分比测试部分降得快，差距就"
    "是背下来的部分。文字更多，差距就会缩小。",
)
def bits_a_letter():
    split = load("play")
    print(f"the play: {len(split.train.x):,} letters")
    for epochs in (5, 20):
        params, _ = learnt(epochs=epochs)
        train, test = bits(params, split.train), bits(params, split.test)
        print(f"{epochs:2} epochs: train {train:.2f} bits, test {test:.2f}")


@answer(
    "Nothing in read or write: the state goes in and comes out, a pair or not, and jax.lax.scan "
    "carries any pytree. The map's layer gets rules.lstm(num_layers=3), since an LSTM's kernels "
    "hold four parts of a hidden size, and a GRU's three.",
    "read 和 write 里什么也不用改：状态进去、出来，是一对还是一个都行，jax.lax.scan 可以传任何 "
    "pytree。参数映射里那一层要用 rules.lstm(num_layers=3)，因为 LSTM 的 kernel 有四份 hidden，"
    "GRU 只有三份。",
)
def an_lstm():
    for unit in ("gru", "lstm"):
        params = init(unit)
        state = jax.eval_shape(read, params, jnp.zeros((1, 5), int))[1]
        shapes = [leaf.shape for leaf in jax.tree.leaves(state)]
        kernel = params[unit]["l0"]["kernel_ih"].shape
        print(f"{unit:5} kernel_ih {kernel}, state {shapes}; writes {text(params, 1.0, 8)!r}")


@answer(
    "At temperature 1 a letter that is improbable each time is drawn now and then all the same, "
    "and after it the net is in a place that it does not know. Without all but the five likeliest "
    "the words are better known. The text stays as varied among the five; a temperature below 1 "
    "makes these more unequal, too.",
    "温度为 1 时，每次都不大可能的字符偶尔还是会被抽到，抽到之后网络就到了陌生的地方。只留最可能的"
    "五个，认识的词就多一些。五个之中仍然同样多变；温度低于 1 则连这五个也会变得更不均匀。",
)
def five_largest():
    params, _ = learnt()
    for largest in (128, 5):
        found = text(params, 1.0, largest=largest)
        print(f"of {largest:3}: {known(found):.0%} of the words are the play's: {found[:50]!r}")


@answer(
    "Much cheaper: the first letter is no longer read without any history, and the second and "
    "third gain as well. Of what lies more than fifty letters back the net makes no use that one "
    "could see: its late letters cost the same either way, and no gradient ever goes back further "
    "than the piece, so nothing has taught it to keep something so long. (The step returns the "
    "state in its carry; its gradient ends at the piece's beginning, as it comes in as an "
    "argument.)",
    "便宜得多：第一个字符不再是毫无历史地读，第二、第三个也受益。五十个字符以前的内容，看不出网络"
    "用上了：靠后的字符两种情形所需一样多，梯度也从不越过一段的开头，没有什么教它把东西记那么久。"
    "（状态由每一步返回，放在 carry 里；它作为参数进来，所以梯度到一段的开头为止。）",
)
def the_state_carried_over():
    for carried in (False, True):
        _, losses = learnt(carried=carried)
        last = np.asarray(losses)[-18:].mean(axis=0) / np.log(2)
        name = "carried" if carried else "zeros"
        first = ", ".join(f"{each:.2f}" for each in last[:3])
        print(f"{name:8} bits of letters 1, 2, 3: {first}; of 26 to 50: {last[25:].mean():.2f}")
