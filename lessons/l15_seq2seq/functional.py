"""From one sequence to another: one recurrence reads the question, another one writes the answer.

All that goes from the reader (encoder) to the writer (decoder) is one state. In training the writer
is told the right letters as it goes (teacher forcing), so that the whole answer is one pass; on its
own it is told what it wrote itself. 0 is what stands before an answer, behind it, and in padding.
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
from lessons.l15_seq2seq import ALPHABETS, Config

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
    """A GRU that reads, a GRU that writes, and a linear layer that says which letter."""

    def __init__(self, letters, hidden, rngs):
        self.encoder_embedding = nn.Embedding(letters, hidden, rngs=rngs)
        self.encoder = nn.GRU(hidden, hidden, batch_first=True, rngs=rngs)
        self.decoder_embedding = nn.Embedding(letters, hidden, rngs=rngs)
        self.decoder = nn.GRU(hidden, hidden, batch_first=True, rngs=rngs)
        self.fc = nn.Linear(hidden, letters, rngs=rngs)

    def encode(self, x):  # (n, width) -> (1, n, hidden): the state after the last letter
        _, state = self.encoder(x, lengths=jnp.sum(x > 0, axis=1), embedding=self.encoder_embedding)
        return state

    def decode(self, before, state):  # (n, width): the letter before each one
        output, state = self.decoder(before, state, embedding=self.decoder_embedding)
        return self.fc(output), state  # -> (n, width, letters), (1, n, hidden)


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
    hidden, letters = params["fc"]["kernel"].shape
    return nnx.merge(graphdef(letters, hidden), params)


def forced(params, x, y):
    """The logits of every letter of the answer, the right ones before it being told."""
    model = net(params)
    before = jnp.pad(y[:, :-1], ((0, 0), (1, 0)))  # 0, then the answer without its end
    return model.decode(before, model.encode(x))[0]


def apply(params, x, answer):
    """The net on its own: it is told the letter that it found likeliest.

    Args:
        answer: how many letters to write.

    Returns:
        The logits of every letter, (n, answer, letters).
    """
    model = net(params)

    def letter(carry, _):
        before, state = carry  # (n,), (1, n, hidden)
        logits, state = model.decode(before[:, None], state)
        return (jax.lax.argmax(logits[:, 0], 1, before.dtype), state), logits[:, 0]

    start = jnp.zeros_like(x[:, 0]), model.encode(x)
    _, logits = jax.lax.scan(letter, start, length=answer)  # (answer, n, letters)
    return logits.swapaxes(0, 1)


def mask(y):
    """Which letters count: the answer's, and the first 0 behind it, but no padding."""
    return jnp.pad(y[:, :-1] > 0, ((0, 0), (1, 0)), constant_values=True)


def loss(params, batch):
    """Cross-entropy: the mean over the letters that count."""
    x, y = batch
    cross_entropy = optax.softmax_cross_entropy_with_integer_labels(forced(params, x, y), y)
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
    """`config.epochs` times through the questions, an epoch a compiled call.

    Returns:
        The last parameters; the loss of every step and, for `test`, the exact matches an epoch.
    """
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    letters = len(ALPHABETS[config.task]) + 1
    params = init(init_key, letters, config.hidden) if params is None else params
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


def answers(config, params, questions):
    """What the net answers to questions, as strings."""
    alphabet = ALPHABETS[config.task]
    x = encode(questions, alphabet, config.question)
    guess = np.argmax(logits(apply, params, x, config.answer), axis=-1)
    return ["".join(f" {alphabet}"[i] for i in row).partition(" ")[0] for row in guess]


def figures(config, params, history, data):
    """Loss and exact matches; how many answers are right, by the length of the question."""
    x, y = test_examples(config)
    guess = np.argmax(logits(apply, params, x, config.answer), axis=-1)
    right = np.all((guess == y) | ~np.asarray(mask(y)), axis=1)
    length = np.sum(x > 0, axis=1)
    figure, (left, panel) = plots.row(2)
    title = f"{plots.say('loss and exact match')} ({config.task})"
    plots.learning(left, title, history, plots.say("exact match"))
    shown = np.unique(length)
    shares = [right[length == n].mean() for n in shown]
    panel.bar_label(panel.bar(shown, shares, color=plots.ACCURACY, width=0.6), fmt="{:.0%}")
    title = plots.say("exact match by the question's length", "完全正确的比例，按问题的长度")
    panel.set(title=title, xlabel=plots.say("letters of the question", "问题的字母数"))
    panel.set(ylim=(0, 1.05), xticks=shown)
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
        answers=partial(answers, config),
        alphabet=ALPHABETS[config.task],
    )


def main(config=Config()):
    data, test = examples(config), test_examples(config)
    _, history = train(config, data, test=test)
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, np.mean(losses), history["test_accuracy"][epoch])


if __name__ == "__main__":
    main()
