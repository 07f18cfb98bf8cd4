"""A net that writes: after every letter it says how probable each next one is.

Training shows it pieces of a text, and the same pieces one letter further on: 50 questions and 50
answers in one example, for one pass. Writing is the same function the other way round: draw a
letter from the answer, give it back as the next question, and carry the state along.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl import nn, optim, plots
from jaxdl.course import Program
from jaxdl.data import load
from jaxdl.train import TrainState, accuracy, fit, logits
from lessons.l14_char_rnn import Config

LETTERS = 128  # ASCII


def pieces(split, length):  # -> x (n, length), y (n, length): the letters, each one's next letter
    whole = len(split) // length * length  # what is left over at the end is not read
    return split.x[:whole].reshape(-1, length), split.y[:whole].reshape(-1, length)


def examples(config):
    return pieces(load(config.data).train, config.length)


def test_examples(config):
    """The end of the text, which no step sees."""
    return pieces(load(config.data).test, config.length)


class Net(nnx.Module):
    """Embedding, three layers of GRU, and a linear layer after every letter."""

    def __init__(self, hidden, rngs):
        self.embedding = nn.Embedding(LETTERS, hidden, rngs=rngs)
        self.gru = nn.GRU(hidden, hidden, num_layers=3, rngs=rngs)
        self.fc = nn.Linear(hidden, LETTERS, rngs=rngs)

    def __call__(self, x, state=None):  # (n, length)
        # Time first: (length, n, hidden). The GRU looks each letter's vector up by itself.
        output, state = self.gru(x.T, state, embedding=self.embedding)
        return self.fc(output).swapaxes(0, 1), state  # (n, length, 128), (3, n, hidden)


@cache
def graphdef(hidden):
    """The net without its parameters."""
    return nnx.split(nnx.eval_shape(lambda: Net(hidden, nnx.Rngs(0))), nnx.Param)[0]


@partial(jax.jit, static_argnames="hidden")
def init(key, hidden=100):
    """A new net's parameters."""
    _, params = nnx.split(Net(hidden, nnx.Rngs(key)), nnx.Param)
    return nnx.to_pure_dict(params)


def read(params, x, state=None):
    """The logits of every next letter, (n, length, 128), and the state after the last one."""
    return nnx.merge(graphdef(len(params["fc"]["kernel"])), params)(x, state)


def apply(params, x):  # (n, length) -> (n, length, 128)
    return read(params, x)[0]


def loss(params, batch):
    """Cross-entropy: the mean over all letters of the batch."""
    x, y = batch
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(apply(params, x), y))


def step(state, batch, optimizer):
    """One step on the batch: the next state, the loss before it."""
    value, gradient = jax.value_and_grad(loss)(state.params, batch)
    updates, opt_state = optimizer.update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


@cache  # the same objects for the same arguments, so that the step is compiled once for them
def make_step(learning_rate):
    optimizer = optim.adam(learning_rate)
    return optimizer, partial(step, optimizer=optimizer)


def train(config, data, params=None, order=None, report=None, test=None, checkpoints=None):
    """`config.epochs` times through the text's pieces, an epoch a compiled call.

    Args:
        order: the pieces' order in every epoch, (epochs, n); None: drawn from `config.seed`.
        test: (x, y) on which the accuracy is taken after every epoch.

    Returns:
        The last parameters; the loss of every step, one row an epoch, and the test accuracies.
    """
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    params = init(init_key, config.hidden) if params is None else params
    optimizer, on_batch = make_step(config.learning_rate)
    state, history = fit(
        on_batch,
        TrainState.create(params, optimizer),
        jax.device_put(data),
        order_key if order is None else order,
        epochs=config.epochs,
        batch_size=config.batch_size,
        scan=True,
        evaluate=test and (lambda state: accuracy(apply, state.params, test)),
        report=report,
        checkpoints=checkpoints,
    )
    return state.params, history


@partial(jax.jit, static_argnames="count")
def write(params, key, start, count, temperature):
    """Go on with a text.

    Args:
        key: decides what is drawn: the same key writes the same text.
        start: (n,), the codes of the letters to go on from, at least one.
        count: how many letters to add.
        temperature: the logits are divided by it: 1 draws letters as often as the net thinks they
            occur, less is more careful, 0 takes the likeliest.

    Returns:
        (count,), their codes.
    """

    def letter(carry, key):
        logits, state = carry  # (128,): of the next letter
        likely = logits / jnp.where(temperature > 0, temperature, 1)
        drawn = jnp.where(temperature > 0, jax.random.categorical(key, likely), jnp.argmax(logits))
        logits, state = read(params, drawn[None, None], state)
        return (logits[0, -1], state), drawn

    logits, state = read(params, start[None])
    _, drawn = jax.lax.scan(letter, (logits[0, -1], state), jax.random.split(key, count))
    return drawn


def text(config, params, start, count, key=None, temperature=None):
    """`write` for strings."""
    codes = np.frombuffer(start.encode("ascii"), np.uint8)
    key = jax.random.key(config.seed) if key is None else key
    temperature = config.temperature if temperature is None else temperature
    drawn = write(params, key, codes, count, temperature)
    return bytes(np.asarray(drawn, np.uint8)).decode("ascii")


def result(config, params, history, data):
    """How many next letters are right, and how many bits a letter of unread text takes."""
    test = test_examples(config)
    p = jax.nn.log_softmax(logits(apply, params, test[0]))
    bits = -jnp.mean(jnp.take_along_axis(p, jnp.asarray(test[1])[..., None], axis=-1)) / jnp.log(2)
    return {"test accuracy": accuracy(apply, params, test), "bits per letter": bits}


def figures(config, params, history, data):
    """The loss; and what the net expects after each letter of the text it is reading."""
    x, y = test_examples(config)
    figure, (above, below) = plots.mosaic("a;b", height=6, heights=(2, 3.4))
    plots.learning(above, f"{plots.say('loss and test accuracy')} ({config.data})", history)
    p = jax.nn.softmax(apply(params, x[:1])[0])  # (length, 128)
    shown = np.unique([x[0], y[0]])
    names = [repr(chr(code))[1:-1].replace(" ", "␣") for code in range(LETTERS)]
    title = plots.say(
        "probability of the next letter (dot: the text's)", "下一个字符的概率（点：文中的字符）"
    )
    plots.heat(below, title, p[:, shown].T, [names[i] for i in shown], [names[i] for i in x[0]])
    below.plot(range(len(y[0])), np.searchsorted(shown, y[0]), "k.", markersize=4)
    below.set(xlabel=plots.say("read"), ylabel=plots.say("next letter", "下一个字符"))
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    optimizer, on_batch = make_step(config.learning_rate)
    return Program(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        init=partial(init, hidden=config.hidden),
        apply=apply,
        loss=loss,
        start=lambda params: TrainState.create(params, optimizer),
        params=lambda state: state.params,
        step=on_batch,
        optimizer=optimizer,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
        text=partial(text, config),
    )


def main(config=Config()):
    data, test = examples(config), test_examples(config)
    params, history = train(config, data, test=test)
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, np.mean(losses), history["test_accuracy"][epoch])
    print(text(config, params, "\n", 300))


if __name__ == "__main__":
    main()
