"""A net with a state: "hello" in, "ohlol" out, one letter after the other.

A recurrence is a function of an input and a state that gives the next state: h' = f(x, h). Called
letter by letter it is a loop; `jaxdl.nn.RNN` is the same loop as one `jax.lax.scan`. Nothing
remembers anything: the state is an argument, and the next one is what comes back.
"""

from functools import cache, partial
from inspect import unwrap

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl import nn, optim, plots
from jaxdl.course import Program
from jaxdl.train import TrainState
from lessons.l12_basic_rnn import LETTERS, Config

CELLS = {"rnn": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell}
LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
adam = cache(optim.adam)  # the same object for the same rate, so that nothing is compiled twice


def token_ids(word):  # n letters -> (n,): "hello" -> 1 0 2 2 3
    return np.array([LETTERS.index(letter) for letter in word], np.int32)


def examples(config):
    """One example: the word and, for each of its letters, the letter that is wanted."""
    x, y = token_ids("hello"), token_ids("ohlol")
    if config.model == "embedding":
        return x[None], y  # (batch 1, seq_len 5), (5,)
    return np.eye(4, dtype="float32")[x][:, None], y  # one-hot: (seq_len 5, batch 1, features 4)


class Cell(nnx.Module):
    """A cell, called once a letter. Its state is the answer, too: four numbers, four logits."""

    def __init__(self, unit, rngs):
        self.cell = CELLS[unit](4, 4, rngs=rngs)

    def __call__(self, x):  # (seq_len, batch, 4) -> the same
        state, logits = None, []  # None: zeros
        for letter in x:  # (batch, 4)
            state = self.cell(letter, state)  # h' = tanh(x W_ih + b_ih + h W_hh + b_hh)
            logits.append(state[0] if isinstance(state, tuple) else state)  # an LSTM's is (h, c)
        return jnp.stack(logits)


class Recurrent(nnx.Module):
    """The same as one layer: the loop is inside."""

    def __init__(self, unit, rngs):
        self.rnn = LAYERS[unit](4, 4, rngs=rngs)

    def __call__(self, x):  # (seq_len, batch, 4) -> the same
        output, _ = self.rnn(x)  # the state after every letter; the last one once more
        return output


class Embedded(nnx.Module):
    """A learned vector for each letter, two layers of states, and a linear layer that answers."""

    def __init__(self, unit, rngs):
        self.embedding = nn.Embedding(4, 10, rngs=rngs)
        self.rnn = LAYERS[unit](10, 8, num_layers=2, batch_first=True, rngs=rngs)
        self.fc = nn.Linear(8, 4, rngs=rngs)

    def __call__(self, x):  # (batch, seq_len) -> (batch, seq_len, 4)
        output, _ = self.rnn(self.embedding(x))  # -> (batch, seq_len, 10) -> (batch, seq_len, 8)
        return self.fc(output)


NETS = {"cell": Cell, "rnn": Recurrent, "embedding": Embedded}


@cache
def graphdef(model, unit):
    """The net without its parameters."""
    return nnx.split(nnx.eval_shape(lambda: NETS[model](unit, nnx.Rngs(0))), nnx.Param)[0]


@partial(jax.jit, static_argnames=("model", "unit"))
def init(key, model="cell", unit="rnn"):
    """A new net's parameters."""
    _, params = nnx.split(NETS[model](unit, nnx.Rngs(key)), nnx.Param)
    return nnx.to_pure_dict(params)


def apply(params, x, model="cell", unit="rnn"):
    """Four logits for each letter of the word: which letter is to follow."""
    return nnx.merge(graphdef(model, unit), params)(x)


def loss(params, batch, model="cell", unit="rnn"):
    """Cross-entropy over the letters: the cell's loop adds them up, the layers take the mean."""
    x, y = batch
    logits = apply(params, x, model, unit).reshape(len(y), 4)
    cross_entropy = optax.softmax_cross_entropy_with_integer_labels(logits, y)  # (seq_len,)
    return jnp.sum(cross_entropy) if model == "cell" else jnp.mean(cross_entropy)


@partial(jax.jit, static_argnames=("learning_rate", "model", "unit"))
def step(state, batch, learning_rate, model="cell", unit="rnn"):
    """One step of Adam on the word: the next state, the loss before it."""
    value, gradient = jax.value_and_grad(loss)(state.params, batch, model, unit)
    updates, opt_state = adam(learning_rate).update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


def train(config, data, params=None, report=None):
    """`config.epochs` steps, each on the whole word.

    Returns:
        The last parameters, and the loss of every epoch.
    """
    model, unit, batch = config.model, config.unit, jax.device_put(data)
    params = init(jax.random.key(config.seed), model, unit) if params is None else params
    state = TrainState.create(params, adam(config.learning_rate))
    history = {"loss": []}
    for epoch in range(config.epochs):
        state, value = step(state, batch, config.learning_rate, model, unit)
        history["loss"].append([value])
        if report:
            report(epoch, value)
    return state.params, history


def answer(config, params, data):
    """The letters of the largest logits, as a word."""
    logits = apply(params, data[0], config.model, config.unit).reshape(-1, 4)
    return "".join(LETTERS[i] for i in jnp.argmax(logits, axis=1))


def result(config, params, history, data):
    return {"letters right": sum(map(str.__eq__, answer(config, params, data), "ohlol"))}


def figures(config, params, history, data):
    """The loss; and how probable the net thinks each letter, at each letter of "hello"."""
    logits = apply(params, data[0], config.model, config.unit).reshape(-1, 4)
    figure, (left, right) = plots.row(2)
    name = f"{config.model}, {config.unit}"
    plots.curve(
        left, f"{plots.say('loss of every step')} ({name})", {"": np.ravel(history["loss"])}
    )
    answered = f'"hello" → "{answer(config, params, data)}"'
    title = plots.say("probability of each answer", "每个答案的概率")
    plots.heat(right, f"{title}: {answered}", jax.nn.softmax(logits).T, LETTERS, "hello")
    right.plot(range(5), data[1], "o", mfc="none", mec="black", markersize=22)
    right.set(xlabel=plots.say("read (circle: wanted)", "读到的字符（圆圈：正确答案）"))
    right.set(ylabel=plots.say("answer", "答案"))
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    net = {"model": config.model, "unit": config.unit}
    return Program(
        examples=partial(examples, config),
        init=partial(init, **net),
        apply=partial(apply, **net),
        loss=partial(loss, **net),
        start=lambda params: TrainState.create(params, adam(config.learning_rate)),
        params=lambda state: state.params,
        step=partial(unwrap(step), learning_rate=config.learning_rate, **net),
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
    )


def main(config=Config()):
    data = examples(config)
    params, history = train(config, data)
    for epoch, (value,) in enumerate(history["loss"]):
        print("progress:", epoch, float(value))
    print("answer:", answer(config, params, data))


if __name__ == "__main__":
    main()
