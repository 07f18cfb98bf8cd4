"""Answers to the questions that the chapter ends with, in its order.

They train a smaller net for some hundred steps, so that each takes seconds.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import ops, optim
from jaxdl.course.exercises import answer
from lessons.l15_seq2seq import ALPHABETS, Config, functional

WORDS = Config(letters=5, examples=5_000, hidden=48)
SUMS = Config(task="addition", digits=2, examples=3_900, hidden=48)


def backwards(rows):
    """Each row's letters in the other order, the 0 behind them staying behind."""
    return np.stack([np.concatenate([row[row > 0][::-1], row[row == 0]]) for row in rows])


@jax.jit
def trained(params, x, y, sampled, keys):
    """Adam with teacher forcing, or, at the rate `sampled`, told what the net itself says."""
    adam = optim.adam(0.01)

    def loss(params, x, y, key):
        own = jnp.argmax(functional.forced(params, x, y), axis=-1).astype(y.dtype)
        heard = jnp.where(jax.random.bernoulli(key, sampled, y.shape), own, y)
        each = optax.softmax_cross_entropy_with_integer_labels(
            functional.forced(params, x, heard), y
        )
        return jnp.mean(each, where=functional.mask(y))

    def step(carry, batch):
        params, memory = carry
        value, slope = jax.value_and_grad(loss)(params, *batch)
        updates, memory = adam.update(slope, memory)
        return (optax.apply_updates(params, updates), memory), value

    return jax.lax.scan(step, (params, adam.init(params)), (x, y, keys))[0][0]


@cache
def learnt(config=WORDS, steps=400, sampled=0.0, turn_x=False, turn_y=False):
    x, y = (np.asarray(column, "int32") for column in functional.examples(config))
    x, y = backwards(x) if turn_x else x, backwards(y) if turn_y else y
    rows = np.random.default_rng(0).integers(0, len(x), (steps, 32))
    params = functional.init(jax.random.key(0), len(ALPHABETS[config.task]) + 1, config.hidden)
    with ops.xla():
        keys = jax.random.split(jax.random.key(1), steps)
        return trained(params, x[rows], y[rows], sampled, keys)


def written(params, x, y):
    """What the net answers unaided, and which places are right or do not count."""
    with ops.xla():
        guess = np.asarray(jax.jit(functional.apply, static_argnums=2)(params, x, y.shape[1]))
    guess = guess.argmax(axis=-1)
    return guess, (guess == y) | ~np.asarray(functional.mask(y))


def exact(params, config=WORDS, turn_x=False, turn_y=False):
    """The share of 500 unseen questions that are answered right, and of their letters."""
    x, y = (np.asarray(column[:500], "int32") for column in functional.test_examples(config))
    x, y = backwards(x) if turn_x else x, backwards(y) if turn_y else y
    _, fine = written(params, x, y)
    letters = fine[np.asarray(functional.mask(y))].mean()
    return f"exact {fine.all(axis=1).mean():.0%}, letters {letters:.0%}"


@answer(
    "A digit of the sum needs the two digits above it and the carry, which comes from the right. "
    "Written from the left, the first digit already needs all of the carries; with the units "
    "first each digit needs one, and it follows from what was written before. It is learnt much "
    "sooner: here with numbers of two digits and the small net.",
    "和的每一位需要上面两个数字和右边来的进位。从左边写起，第一位就需要所有的进位；个位在前时，每"
    "一位只需要一个进位，而它由已经写出的部分得出。所以学得快得多：这里是两位数和小网络。",
)
def units_first():
    for name, turned in (("345 -> 345", False), ("345 -> 543", True)):
        params = learnt(SUMS, 800, turn_y=turned)
        print(f"two digits, answers as {name}: {exact(params, SUMS, turn_y=turned)}")


@answer(
    "Reversal a little here, addition not: one seed, short runs, so not more than a hint. Read "
    "from its end, a word stands in the order in which it is to be written, and each letter has "
    "as far to go as the others; as it stands the last letter has no way at all, and the first "
    "one the longest. In translation first words belong to first words, and reading backwards "
    "brings these near. In a sum the digits that belong together are a number apart, whichever "
    "end one begins at.",
    "在这里对倒写有一点帮助，对加法没有：一个种子，训练很短，只能算提示。从末尾读起，词的次序就是"
    "要写的次序，每个字母到写出它的距离一样远；照原样读，最后一个字母没有距离，第一个最远。翻译时"
    "句首对应句首，倒着读使它们靠近。加法中对应的两个数字总是隔着一个数，从哪头读起都一样。",
)
def read_from_the_end():
    for name, config in (("reversal", WORDS), ("addition", SUMS)):
        for turned in (False, True):
            params = learnt(config, 400 if config is WORDS else 800, turn_x=turned)
            how = "from the end" if turned else "as it stands"
            print(f"{name}, read {how}: {exact(params, config, turn_x=turned)}")


@answer(
    "The longer the word, the fewer are right, and the smaller state gives up sooner: all of a "
    "word has to go through it. More training moves both curves up, and does not make them level. "
    "(Here with words of up to 8 letters and states of 16 and 48.)",
    "词越长，答对的越少，小的状态垮得更早：整个词都要从它那里通过。训练更多，两条曲线都会上移，但"
    "不会变平。（这里用最长 8 个字母的词，状态为 16 和 48。）",
)
def longer_words():
    for hidden in (16, 48):
        config = Config(letters=8, examples=5_000, hidden=hidden)
        x, y = (np.asarray(column, "int32") for column in functional.test_examples(config))
        fine = written(learnt(config), x, y)[1].all(axis=1)
        length = np.sum(x > 0, axis=1)
        shares = (f"{k}: {fine[length == k].mean():.0%}" for k in (4, 6, 8))
        print(f"hidden {hidden}, exact match by length", *shares)


@answer(
    "After a mistake it goes on better, as it has met its own mistakes in training; here the "
    "exact match rises a little, too. One seed and a short training: that it is better after "
    "mistakes is what one would expect, and that more answers are right need not hold elsewhere, "
    "for while it listens to itself it is told wrong letters. (Both passes at once: the own "
    "letters come from a first pass that is told the right ones, not from a scan.)",
    "出错之后答得更好，因为训练时见过自己的错误；在这里完全正确的比例也略高。只有一个种子，训练也"
    "短：出错之后更好，是意料之中的；答对的更多，换个情形未必成立，因为听自己的时候，听到的也会是"
    "错的字母。（这里用两遍来做：自己的字母来自告知正确字母的第一遍，而不是逐步的 scan。）",
)
def scheduled_sampling():
    x, y = (np.asarray(column[:500], "int32") for column in functional.test_examples(WORDS))
    counts = np.asarray(functional.mask(y))
    for sampled in (0.0, 0.3):
        params = learnt(sampled=sampled)
        _, fine = written(params, x, y)
        after = counts & (np.cumsum(~fine, axis=1) - ~fine > 0)
        print(f"own letter with probability {sampled}: {exact(params)},", end=" ")
        print(f"after a mistake {fine[after].mean():.0%}")


@answer(
    "Four: the three letters, and the 0 that ends them, at which all have ended. The loop's "
    "condition asks the whole batch, so one long word, or one that a mistake makes longer, keeps "
    "all others going; and reverse-mode gradients do not go through a while_loop, so it is for "
    "answering, not for learning.",
    "四个：三个字母，加上结束它们的 0，到那里所有的词都结束了。循环的条件问的是整批，所以只要有一"
    "个长词，或者因出错而变长的词，其他词就都得陪着；反向求导也穿不过 while_loop，所以它用来作答，"
    "不用来学习。",
)
def until_all_have_ended():
    @partial(jax.jit, static_argnames="most")
    def write(params, x, most):
        model = functional.net(params)

        def go_on(carry):
            step, _, _, ended = carry
            return (step < most) & ~jnp.all(ended)

        def letter(carry):
            step, before, state, ended = carry
            logits, state = model.decode(before[:, None], state)
            said = jax.lax.argmax(logits[:, 0], 1, before.dtype)
            return step + 1, said, state, ended | (said == 0)

        start = jnp.zeros_like(x[:, 0]), model.encode(x), jnp.zeros(len(x), bool)
        return jax.lax.while_loop(go_on, letter, (0, *start))[0]

    x, _ = functional.test_examples(WORDS)
    with ops.xla():
        for letters in (3, 4, 5):
            rows = np.asarray(x[np.sum(x > 0, axis=1) == letters][:20], "int32")
            print(
                f"words of {letters}: {int(write(learnt(), rows, 6))} letters written, of 6 at most"
            )


@answer(
    "They begin like answers and then lose letters, or change their places; some end after five, "
    "where every answer has ended so far at the latest. The state would have to keep six letters "
    "in order by a rule that holds for any number of places; what it has learnt is up to five.",
    "开头像是答案，后来就丢了字母，或者换了位置；有的写到五个就结束，因为以前的答案最迟都在那里结"
    "束。状态得按一条对任意多个位置都成立的规则记住六个字母的次序；它学会的只到五个。",
)
def words_of_six():
    params = learnt()
    config = Config(letters=6, examples=5_000)
    x, y = (np.asarray(column, "int32") for column in functional.test_examples(config))
    length = np.sum(x > 0, axis=1)
    guess, fine = written(params, x, y)
    for letters in (5, 6):
        rows = length == letters
        print(f"words of {letters}: exact {fine[rows].all(axis=1).mean():.0%}")
    for row in np.flatnonzero(length == 6)[:3]:
        print(
            *(
                "".join(f"·{ALPHABETS['reversal']}"[k] for k in each)
                for each in (x[row], y[row], guess[row])
            )
        )
