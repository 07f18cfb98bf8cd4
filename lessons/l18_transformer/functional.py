"""A small GPT: every letter looks back at those before it, and no recurrence is left.

Lesson 16's writer looked at all that it had read. Here each letter looks at itself and at those
before it, and what it finds is added to what it was, block after block. From what has become of it
at the top the next letter is read off.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl import nn, plots
from jaxdl.course import Program
from jaxdl.train import TrainState, fit, shared_step
from lessons.l18_transformer import Config, recipe, writing
from lessons.l18_transformer.pieces import examples, score, test_examples

LETTERS = 128  # ASCII


def linear(inputs, outputs, std, rngs):
    """y = xW, drawn from N(0, std²)."""
    draw = jax.nn.initializers.normal(std)
    return nn.Linear(inputs, outputs, use_bias=False, kernel_init=draw, rngs=rngs)


class Attention(nnx.Module):
    """Each letter looks at itself and at those before it, with several heads."""

    def __init__(self, config, rngs):
        self.heads = config.heads
        self.qkv = linear(config.width, 3 * config.width, 0.02, rngs)
        self.out = linear(config.width, config.width, config.std, rngs)

    def __call__(self, x, n, cache, place):  # (n * length, width)
        heads = self.qkv(x).reshape(n, len(x) // n, 3, self.heads, -1)
        query, key, value = jnp.moveaxis(heads, (2, 3), (0, 2))  # each (n, heads, length, size)
        if cache:  # the keys and the values of all places, those of x among them
            key, value = cache = writing.kept(cache, (key, value), place)
        # softmax(q kᵀ / √size) v, over the places up to the letter's own
        seen = jnp.arange(key.shape[2])[None] <= place + jnp.arange(query.shape[2])[:, None]
        scores = query @ key.swapaxes(2, 3) / query.shape[-1] ** 0.5  # (n, heads, length, places)
        weights = jax.nn.softmax(jnp.where(seen[None, None], scores, -jnp.inf))
        context = (weights @ value).swapaxes(1, 2)  # (n, length, heads, size)
        return self.out(context.reshape(x.shape)), cache, weights


class Block(nnx.Module):
    """What attention finds is added to what comes in, and then what two layers make of it."""

    def __init__(self, config, rngs):
        self.norm1 = nn.LayerNorm(config.width, use_bias=False, rngs=rngs)
        self.attention = Attention(config, rngs)
        self.norm2 = nn.LayerNorm(config.width, use_bias=False, rngs=rngs)
        self.up = linear(config.width, 4 * config.width, 0.02, rngs)
        self.down = linear(4 * config.width, config.width, config.std, rngs)

    def __call__(self, x, n, cache=None, place=0):
        found, cache, weights = self.attention(self.norm1(x), n, cache, place)
        x = x + found
        return x + self.down(nn.gelu(self.up(self.norm2(x)))), cache, weights


class Net(nnx.Module):
    """Letters and places, the blocks, and the letters' own vectors to read the answer off."""

    def __init__(self, config, rngs):
        draw = jax.nn.initializers.normal(0.02)
        table = partial(nn.Embedding, features=config.width, embedding_init=draw, rngs=rngs)
        self.letters, self.places = table(LETTERS), table(config.context)
        self.blocks = nnx.Dict({str(i): Block(config, rngs) for i in range(config.layers)})
        self.norm = nn.LayerNorm(config.width, use_bias=False, rngs=rngs)
        self.recompute = config.recompute

    def __call__(self, x, caches=None, place=0):  # (n, length)
        n, length = x.shape
        x = self.letters(x) + self.places(place + jnp.arange(length))[None]
        x = x.reshape(n * length, -1)  # one letter a row: each product is one of two matrices
        caches, weights = dict(caches or {}), []
        for name, block in self.blocks.items():
            through = jax.checkpoint(block, static_argnums=1) if self.recompute else block
            x, caches[name], looks = through(x, n, caches.get(name), place)
            weights.append(looks)
        scores = self.norm(x) @ self.letters.embedding[...].T  # the table a second time
        return scores.reshape(n, length, LETTERS), caches, weights


@cache
def graphdef(config):
    """The net without its parameters."""
    return nnx.split(nnx.eval_shape(lambda: Net(config, nnx.Rngs(0))), nnx.Param)[0]


@partial(jax.jit, static_argnames="config")
def init(key, config=Config().compiled):
    """A new net's parameters."""
    _, params = nnx.split(Net(config, nnx.Rngs(key)), nnx.Param)
    return nnx.to_pure_dict(params)


def read(params, x, config, caches=None, place=0):
    """The logits of every next letter, the caches, and each block's weights of attention."""
    if config.bfloat16:
        params = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), params)
    return nnx.merge(graphdef(config.compiled), params)(x, caches, place)


def apply(params, x, config=Config().compiled):  # (n, length) -> (n, length, 128)
    scores, _, _ = read(params, x, config)
    return scores.astype(params["norm"]["scale"].dtype)  # a loss is no matter for bfloat16


def loss(params, batch, config=Config().compiled):
    """Cross-entropy: the mean over all letters of the batch."""
    x, y = batch
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(apply(params, x, config), y))


def step(state, batch, optimizer, config):
    """One step on the batch: the next state, the loss before it."""
    slope = jax.value_and_grad(partial(loss, config=config))
    if config.accumulate > 1:
        slope = partial(recipe.in_parts, slope, parts=config.accumulate)
    value, gradient = slope(state.params, batch)
    updates, opt_state = optimizer.update(gradient, state.opt_state, state.params)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


@cache  # the same objects for the same arguments, so that the step is compiled once for them
def make_step(config):
    optimizer = recipe.optimizer(config)
    return optimizer, partial(step, optimizer=optimizer, config=config)


def train(config, data, params=None, order=None, report=None, test=None, checkpoints=None):
    """`config.epochs` times `config.epoch_steps` steps: the last parameters, and the history."""
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    params = init(init_key, config.compiled) if params is None else params
    optimizer, on_batch = make_step(config.compiled)
    if order is None:  # drawn with replacement: of each epoch a row
        keys = [jax.random.fold_in(order_key, epoch) for epoch in range(config.epochs)]
        rows = [jax.random.randint(key, config.pieces, 0, len(data[0])) for key in keys]
        order = np.reshape(rows, (-1, config.pieces))
    state, history = fit(
        on_batch,
        TrainState.create(params, optimizer),
        jax.device_put(data),
        order,
        epochs=config.epochs,
        batch_size=config.batch_size,
        scan=True,
        evaluate=test and (lambda state: score(apply, state.params, test, config)),
        report=report,
        checkpoints=checkpoints,
        shared=shared_step(loss, optimizer, config.compiled) if config.accumulate == 1 else None,
    )
    return state.params, history


def result(config, params, history, data):
    """The loss of unread text, in nats and in bits, and how many next letters are right."""
    found = score(apply, params, test_examples(config), config)
    accuracy, unread = found["test_accuracy"], found["test_loss"]
    return {"test accuracy": accuracy, "test loss": unread, "bits per letter": unread / jnp.log(2)}


def figures(config, params, history, data):
    """The loss; and where each head of the first block looks while it reads a line of the text."""
    line = test_examples(config)[0][0, :24]
    _, _, weights = jax.jit(read, static_argnums=2)(params, line[None], config.compiled)
    layout = "a" * config.heads + ";" + "bcdefghijklmnopqrstuvwxyz"[: config.heads]
    figure, (above, *panels) = plots.mosaic(layout, height=4.9, heights=(2, 2.2))
    plots.learning(above, f"{plots.say('loss and test accuracy')} ({config.data})", history)
    for i, looks in enumerate(weights[0][0]):
        title = plots.say(f"where head {i + 1} looks", f"head {i + 1} 看哪里")
        plots.looks(panels[i], title, looks, bytes(line).decode("ascii"))
        panels[i].tick_params(labelleft=i == 0)
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    optimizer, on_batch = make_step(config.compiled)
    return Program(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        init=partial(init, config=config.compiled),
        apply=partial(apply, config=config.compiled),
        loss=partial(loss, config=config.compiled),
        start=lambda params: TrainState.create(params, optimizer),
        params=lambda state: state.params,
        step=on_batch,
        optimizer=optimizer if config.accumulate == 1 else None,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
        text=partial(writing.text, read, config),
    )


def main(config=Config()):
    params, history = train(config, examples(config), test=test_examples(config))
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, np.mean(losses), history["test_loss"][epoch])
    print(writing.text(read, config, params, "\n", 300))


if __name__ == "__main__":
    main()
