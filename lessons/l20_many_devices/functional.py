"""One program for any number of devices: its numbers are placed, and the compiler does the rest.

Lesson 18's step says what is computed. Where its arrays lie (`strategies`) says who computes what
and what must travel: `jax.jit` is told how state and batch are shared out before and after the
step, and finds the sums and copies in between itself. Two strategies are written out (`by_hand`).
"""

from dataclasses import replace
from functools import cache, partial
from typing import Any, NamedTuple

import jax
import numpy as np
import optax
from jax.experimental import multihost_utils
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

from jaxdl import optim, plots
from jaxdl.course import Program
from jaxdl.data import load
from jaxdl.train import TrainState, epoch_order
from lessons.l20_many_devices import STRATEGIES, Config, by_hand, net, predicted, strategies


def pieces(split, config):
    """The text cut into pieces, and each letter's next one: as many as make whole batches."""
    count = len(split) // config.context // config.batch_size * config.batch_size
    x, y = (codes[: count * config.context].reshape(count, -1) for codes in (split.x, split.y))
    return x, y.astype(np.uint8)


def examples(config):  # -> x, y (n, context)
    return pieces(load(config.data).train, config)


@partial(jax.jit, static_argnames="config")
def init(key, config=Config().compiled):
    """A new net's parameters."""
    return net.init(key, config)


def apply(params, x, config=Config().compiled):  # (n, length) -> (n, length, 128)
    return forward(net.stacked(params), x, config)


def forward(params, x, config, gather=lambda part: part):
    """`apply` with the blocks stacked; `gather` is called on what the next lines need."""
    ends = gather({name: params[name] for name in ("letters", "places", "norm")})
    x = net.through(params["blocks"], net.embed(ends, x), config.heads, gather)
    return net.logits(ends, x)


def loss(params, batch, config=Config().compiled):
    """Cross-entropy: the mean over all letters of the batch."""
    return stacked_loss(net.stacked(params), batch, config)


def stacked_loss(params, batch, config, gather=lambda part: part):
    x, y = batch
    return net.cross_entropy(forward(params, x, config, gather), y)


def step(state, batch, optimizer, value_and_grad):
    """One step on the batch: the next state, the loss before it."""
    value, gradient = value_and_grad(state.params, batch)
    updates, opt_state = optimizer.update(gradient, state.opt_state, state.params)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


@cache  # the same objects for the same arguments, so that the step is compiled once for them
def make_step(config):
    """Of one device."""
    optimizer = optim.adamw(
        config.learning_rate, betas=(0.9, 0.99), weight_decay=config.weight_decay
    )
    value_and_grad = jax.value_and_grad(partial(loss, config=config))
    return optimizer, partial(step, optimizer=optimizer, value_and_grad=value_and_grad)


class Plan(NamedTuple):
    """A step for several devices, and where what it takes and gives lies."""

    step: Any  # compiled: state, batch -> state, loss
    state: Any  # a sharding for each leaf
    batch: Any  # a sharding


@cache
def plan(config, devices):
    """The same step, shared out.

    Raises:
        InputError: the devices do not divide what they are to share.
    """
    strategies.check(config, len(devices))
    mesh = strategies.mesh_of(config.strategy, devices)
    everywhere = NamedSharding(mesh, P())
    gather = lambda part: jax.lax.with_sharding_constraint(part, everywhere)  # noqa: E731
    shared_loss = partial(stacked_loss, config=config)
    if config.strategy == "fsdp":
        shared_loss = partial(shared_loss, gather=gather)
    if config.strategy == "pipeline":
        shared_loss = by_hand.pipelined(mesh, config)
    value_and_grad = jax.value_and_grad(shared_loss)
    if config.strategy == "by-hand":
        value_and_grad = by_hand.mean_over(mesh, shared_loss)
    optimizer, _ = make_step(config)
    on_batch = partial(step, optimizer=optimizer, value_and_grad=value_and_grad)
    state = strategies.of_state(config.strategy, mesh, state_shapes(config))
    batch = strategies.of_batch(mesh)
    shared = jax.jit(
        on_batch,
        in_shardings=(state, batch),
        out_shardings=(state, everywhere),
        donate_argnums=0,
    )
    return Plan(shared, state, batch)


def start(params, config):
    """The state before the first step, the blocks stacked."""
    return TrainState.create(net.stacked(params), make_step(config)[0])


def state_shapes(config):
    """Of `start`, without a number of it."""
    return jax.eval_shape(lambda: start(init(jax.random.key(0), config), config))


def place(tree, shardings):
    """Whole arrays, that every process has, become shared ones: each device takes its pieces."""

    def placed(leaf, sharding):
        leaf = np.asarray(leaf)
        return jax.make_array_from_callback(leaf.shape, sharding, lambda index: leaf[index])

    return jax.tree.map(placed, tree, shardings)


def read(data, picked, sharding):
    """A batch: each process reads the rows that its own devices need, and no others."""

    def column_of(column):
        shape = (len(picked), *column.shape[1:])
        rows = lambda index: column[picked[index[0]]]  # noqa: E731
        return jax.make_array_from_callback(shape, sharding, rows)

    return tuple(column_of(column) for column in data)


def whole(tree):
    """Shared arrays become whole ones on every process."""
    if all(leaf.is_fully_addressable for leaf in jax.tree.leaves(tree)):
        return jax.device_get(tree)
    return multihost_utils.process_allgather(tree, tiled=True)


def train(config, data, params=None, order=None, report=None):
    """`config.epochs` times through the pieces, on all devices: the parameters, the history."""
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    params = init(init_key, config.compiled) if params is None else params
    shared, state_sharding, batch_sharding = plan(config.compiled, tuple(jax.devices()))
    state = place(start(params, config.compiled), state_sharding)
    history = {"loss": []}
    for epoch in range(config.epochs):
        row = epoch_order(order_key, epoch, len(data[0])) if order is None else order[epoch]
        losses = []
        for picked in np.split(np.asarray(row), len(row) // config.batch_size):
            state, value = shared(state, read(data, picked, batch_sharding))
            losses.append(np.asarray(value))  # waits: else CPU devices may starve each other
        history["loss"].append(np.array(losses))
        if report:
            report(epoch, history["loss"][-1])
    return net.unstacked(whole(state.params)), history


def result(config, params, history, data):
    """The loss of text that no step saw."""
    test = pieces(load(config.data).test, config)
    return {"test loss": jax.jit(loss, static_argnames="config")(params, test, config.compiled)}


def figures(config, params, history, data):
    """The loss; what each of eight devices would hold in every strategy, and hear of in a step."""
    figure, (above, left, right) = plots.mosaic("aa;bc", height=4.8, heights=(2, 2.4))
    plots.learning(above, f"{plots.say('loss of every step')} ({config.data})", history)
    shown = Config().compiled  # whose net eight devices can share in every way
    for i, name in enumerate(STRATEGIES):
        held = predicted.state_bytes(name, state_shapes(shown), 8)
        travels = predicted.travelling(replace(shown, strategy=name), 8, itemsize=4)
        for panel, size in ((left, held), (right, sum(travels.values()))):
            panel.bar_label(panel.barh(i, size / 1e6, color=plots.COLORS[2]), fmt="%.2f", padding=3)
    left.set(title=plots.say("state on each of 8 devices", "8 个设备中每个设备上的状态"))
    right.set(title=plots.say("collectives of a step, 8 devices", "一步的集合通信，8 个设备"))
    for panel in (left, right):
        panel.set(xlabel="MB", xmargin=0.15)
        panel.set_yticks(range(len(STRATEGIES)), STRATEGIES)
        panel.invert_yaxis()
    return figure


def program(config):
    """These functions with their Config, as compare, bench and run take them."""
    optimizer, on_batch = make_step(config.compiled)
    return Program(
        examples=partial(examples, config),
        init=partial(init, config=config.compiled),
        apply=partial(apply, config=config.compiled),
        loss=partial(loss, config=config.compiled),
        start=lambda params: TrainState.create(params, optimizer),
        params=lambda state: state.params,
        step=on_batch,
        optimizer=optimizer,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
    )


def main(config=Config()):
    _, history = train(config, examples(config))
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, np.mean(losses))


if __name__ == "__main__":
    main()
