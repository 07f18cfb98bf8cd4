"""Attention: the writer is not left with one state, it looks back at every letter that was read.

As lesson 15, and between the decoder's state and the answer: a score for each letter of the
question, a softmax over the scores, and the mean of the encoder's states with those weights.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl import nn, optim, plots
from jaxdl.course import Program
from jaxdl.data import tasks
from jaxdl.data.strings import encode
from jaxdl.train import TrainState, fit, logits
from lessons.l16_attention import ALPHABETS, Config

TEST = 1_000  # questions that no step sees


def questions(config):
    """All questions, all answers: (n, width) token ids from 1 on, 0 where one is over."""
    key, alphabet = jax.random.key(config.seed), ALPHABETS[config.task]
    x, y = tasks.TASKS[config.task](key, config.examples + TEST, config.longest)
    return encode(x, alphabet, config.question), encode(y, alphabet, config.answer)


def examples(config):  # -> x (n, longest question), y (n, longest answer + 1)
    return tuple(column[:-TEST] for column in questions(config))


def test_examples(config):
    """Questions that no step sees."""
    return tuple(column[-TEST:] for column in questions(config))


class Net(nnx.Module):
    """A GRU that reads, a GRU that writes, attention between them, and a linear layer."""

    def __init__(self, letters, hidden, rngs):
        self.encoder_embedding = nn.Embedding(letters, hidden, rngs=rngs)
        self.encoder = nn.GRU(hidden, hidden, batch_first=True, rngs=rngs)
        self.decoder_embedding = nn.Embedding(letters, hidden, rngs=rngs)
        self.decoder = nn.GRU(hidden, hidden, batch_first=True, rngs=rngs)
        self.attention = nn.Linear(hidden, hidden, use_bias=False, rngs=rngs)
        self.combine = nn.Linear(2 * hidden, hidden, rngs=rngs)
        self.fc = nn.Linear(hidden, letters, rngs=rngs)

    def encode(self, x):  # (n, width) -> (n, width, hidden), (1, n, hidden)
        """The state after every letter, and the one after the last."""
        return self.encoder(x, lengths=jnp.sum(x > 0, axis=1), embedding=self.encoder_embedding)

    def decode(self, before, state, x, read):  # (n, answer): the letter before each one
        output, state = self.decoder(before, state, embedding=self.decoder_embedding)
        scores = self.attention(output) @ read.swapaxes(1, 2)  # hᵀ W s -> (n, answer, width)
        # Padding is not looked at; not -inf, of which a row of nothing but padding would make NaN.
        scores = jnp.where((x > 0)[:, None], scores, jnp.finfo(scores.dtype).min)
        weights = jax.nn.softmax(scores)  # over the letters that were read: they sum to 1
        context = weights @ read  # (n, answer, hidden)
        output = jnp.tanh(self.combine(jnp.concatenate([context, output], axis=-1)))
        return self.fc(output), state, weights  # (n, answer, letters), (1, n, hidden)


@cache
def graphdef(letters, hidden):
    """The net without its parameters."""
    return nnx.split(nnx.eval_shape(lambda: Net(letters, hidden, nnx.Rngs(0))), nnx.Param)[0]


@partial(jax.jit, static_argnames=("letters", "hidden"))
def init(key, letters=11, hidden=100):
    """A new net's parameters."""
    _, params = nnx.split(Net(letters, hidden, nnx.Rngs(key)), nnx.Param)
    return nnx.to_pure_dict(params)


def net(params):
    return nnx.merge(graphdef(*params["fc"]["kernel"].shape[::-1]), params)


def forced(params, x, y):
    """The logits of every letter of the answer, given the right ones before it; the weights."""
    model = net(params)
    before = jnp.pad(y[:, :-1], ((0, 0), (1, 0)))  # 0, then the answer without its end
    read, state = model.encode(x)
    logits, _, weights = model.decode(before, state, x, read)
    return logits, weights


def apply(params, x, answer):
    """The net on its own, told the letter that it found likeliest: (n, answer, letters) logits."""
    model = net(params)

    def letter(carry, _):
        before, state = carry  # (n,), (1, n, hidden)
        logits, state, _ = model.decode(before[:, None], state, x, read)
        return (jax.lax.argmax(logits[:, 0], 1, before.dtype), state), logits[:, 0]

    read, state = model.encode(x)
    start = jnp.zeros_like(x[:, 0]), state
    return jax.lax.scan(letter, start, length=answer)[1].swapaxes(0, 1)


def mask(y):
    """Which letters count: the answer's, and the first 0 behind it, but no padding."""
    return jnp.pad(y[:, :-1] > 0, ((0, 0), (1, 0)), constant_values=True)


def loss(params, batch):
    """Cross-entropy: the mean over the letters that count."""
    x, y = batch
    cross_entropy = optax.softmax_cross_entropy_with_integer_labels(forced(params, x, y)[0], y)
    return jnp.mean(cross_entropy, where=mask(y) & (x[:, :1] > 0))  # a row of 0 is no question


def step(state, batch, optimizer):
    """One step on the batch: the next state, the loss before it."""
    value, gradient = jax.value_and_grad(loss)(state.params, batch)
    updates, opt_state = optimizer.update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


@cache  # the same objects for the same arguments, so that the step is compiled once for them
def make_step(learning_rate, decay):
    """Adam whose steps become smaller: its learning rate is a function of the steps before."""

    def schedule(count):
        return learning_rate * decay ** count.astype(float)

    optimizer = optim.adam(schedule)
    return optimizer, partial(step, optimizer=optimizer)


def exact_match(params, test):
    """The share of the questions whose answer is right to the last letter, written unaided."""
    x, y = test
    guess = jnp.argmax(logits(apply, params, x, y.shape[1]), axis=-1)
    return jnp.mean(jnp.all((guess == y) | ~mask(y), axis=1))


def train(config, data, params=None, order=None, report=None, test=None, checkpoints=None):
    """`config.epochs` times through the questions: the last parameters, and the history."""
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    if params is None:
        params = init(init_key, len(ALPHABETS[config.task]) + 1, config.hidden)
    optimizer, on_batch = make_step(config.learning_rate, config.decay)
    state, history = fit(
        on_batch,
        TrainState.create(params, optimizer),
        jax.device_put(data),
        order_key if order is None else order,
        epochs=config.epochs,
        batch_size=config.batch_size,
        scan=True,
        fill=True,  # the last batch with rows of 0, so that all have one shape
        evaluate=test and (lambda state: exact_match(state.params, test)),
        report=report,
        checkpoints=checkpoints,
    )
    return state.params, history


def result(config, params, history, data):
    return {"exact match": exact_match(params, test_examples(config))}


def alignment(config, params, question):
    """The answer to a question, and for each of its letters the weight of each letter read."""
    alphabet = ALPHABETS[config.task]
    x = encode([question], alphabet, config.question)
    y = np.argmax(logits(apply, params, x, config.answer), axis=-1).astype(x.dtype)
    _, weights = jax.jit(forced)(params, x, y)
    written = "".join(f" {alphabet}"[i] for i in y[0]).partition(" ")[0]
    return written, weights[0, : len(written) + 1, : len(question)]


def figures(config, params, history, data):
    """Loss and exact matches; what is looked at while a question is answered."""
    x, _ = test_examples(config)
    longest = x[np.argmax(np.sum(x > 0, axis=1))]
    question = "".join(ALPHABETS[config.task][i - 1] for i in longest if i)
    written, weights = alignment(config, params, question)
    figure, (left, right) = plots.row(2)
    plots.learning(left, plots.say("loss and exact match"), history, plots.say("exact match"))
    plots.heat(right, plots.say("where it looks", "看哪里"), weights, [*written, "·"], question)
    last = plots.say("written (last: the end)", "写出的字符（最后：结束）")
    right.set(xlabel=plots.say("read"), ylabel=last)
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    letters = len(ALPHABETS[config.task]) + 1
    optimizer, on_batch = make_step(config.learning_rate, config.decay)
    return Program(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        init=partial(init, letters=letters, hidden=config.hidden),
        apply=partial(apply, answer=config.answer),
        loss=loss,
        start=lambda params: TrainState.create(params, optimizer),
        params=lambda state: state.params,
        step=on_batch,
        optimizer=optimizer,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
        alignment=partial(alignment, config),
        alphabet=ALPHABETS[config.task],
    )


def main(config=Config()):
    data, test = examples(config), test_examples(config)
    _, history = train(config, data, test=test)
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, np.mean(losses), history["test_accuracy"][epoch])


if __name__ == "__main__":
    main()
