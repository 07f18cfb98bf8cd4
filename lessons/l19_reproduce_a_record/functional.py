"""airbench94, written anew from its paper: a small net for CIFAR-10, and a recipe for few steps.

The net is here. What becomes of images, gradients and the trained net is in `recipe/`, what the
net begins with in `initial.py`; what an epoch does to which image is drawn in NumPy, in
`pictures.py`, for both programs.

Source: K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", arXiv 2404.00498.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from jaxdl import losses, nn, ops
from jaxdl.course import Program
from jaxdl.train import TrainState, accuracy, epoch_order, fit
from lessons.l19_reproduce_a_record import Config, initial, pictures
from lessons.l19_reproduce_a_record.drawing import figures
from lessons.l19_reproduce_a_record.pictures import examples, test_examples
from lessons.l19_reproduce_a_record.recipe import functional as recipe


class Fixed(nnx.Variable):
    """Numbers that no gradient changes."""


class Whitening(nnx.Module):
    """A convolution whose kernels come from the images and stay; only its bias learns."""

    def __init__(self):
        self.kernel = Fixed(jnp.zeros((2, 2, 3, 24)))  # `init` puts the images' own here
        self.bias = nnx.Param(jnp.zeros(24))

    def __call__(self, x):  # (n, 32, 32, 3) -> (n, 31, 31, 24)
        return ops.conv(x, self.kernel[...].astype(x.dtype), self.bias[...])


class Block(nnx.Module):
    """Two convolutions, each normalised, with a pooling behind the first."""

    def __init__(self, inputs, outputs, config, rngs):
        draw = initial.identity if config.identity else None
        conv = partial(nn.Conv, padding=1, use_bias=False, kernel_init=draw, rngs=rngs)
        norm = partial(nn.BatchNorm, momentum=0.6, epsilon=1e-12, use_scale=False, rngs=rngs)
        self.conv1, self.norm1 = conv(inputs, outputs, (3, 3)), norm(outputs)
        self.conv2, self.norm2 = conv(outputs, outputs, (3, 3)), norm(outputs)

    def __call__(self, x):  # (n, h, w, inputs) -> (n, h // 2, w // 2, outputs)
        x = nn.gelu(self.norm1(ops.max_pool(self.conv1(x), (2, 2), (2, 2))))
        return nn.gelu(self.norm2(self.conv2(x)))


class Net(nnx.Module):
    """A layer that whitens, three blocks, and a linear layer on what is left: one pixel."""

    def __init__(self, config, rngs):
        plain = partial(nn.Conv, 3, 24, (2, 2), padding="VALID", rngs=rngs)
        self.whiten = Whitening() if config.whiten else plain()
        sizes = zip((24, *config.channels), config.channels, strict=False)
        blocks = [Block(inputs, outputs, config, rngs) for inputs, outputs in sizes]
        self.blocks = nnx.Dict({str(i): block for i, block in enumerate(blocks)})
        self.head = nn.Linear(config.channels[-1], 10, use_bias=False, rngs=rngs)

    def __call__(self, x):  # (n, 32, 32, 3)
        x = nn.gelu(self.whiten(x))  # -> (n, 31, 31, 24)
        for block in self.blocks.values():  # -> (n, 15, 15, ·) -> (n, 7, 7, ·) -> (n, 3, 3, ·)
            x = block(x)
        return self.head(ops.max_pool(x, (3, 3)).reshape(len(x), -1)) / 9  # -> (n, 10)


@cache
def graphdef(config, training):
    """The net without its numbers, in one of its two modes."""
    net = nnx.eval_shape(lambda: Net(config, nnx.Rngs(0)))
    net.train() if training else net.eval()
    return nnx.split(net)[0]


@partial(jax.jit, static_argnames="config")
def drawn(key, config):
    """A new net's numbers, the whitening layer's kernel being 0 yet."""
    return nnx.to_pure_dict(nnx.split(Net(config, nnx.Rngs(key)))[1])


def init(key, config=Config(), images=None):
    """A new net's numbers, running statistics included; `images` decide the first kernel."""
    params = drawn(key, config.compiled)
    if config.whiten:
        kernel = initial.kernel_of(config.data) if images is None else initial.kernel(images)
        params["whiten"]["kernel"] = jnp.asarray(kernel)
    return params


def parted(params, config):
    """What is trained, and what is kept beside it: running statistics, the whitening kernel."""
    net = nnx.merge(graphdef(config.compiled, False), params)
    _, trained, kept = nnx.split(net, nnx.Param, ...)
    return nnx.to_pure_dict(trained), nnx.to_pure_dict(kept)


def answers(trained, kept, x, config, training=False):
    """The logits, and what the net has kept since."""
    dtype = x.dtype
    if config.bfloat16:
        trained, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (trained, x))
    net = nnx.merge(graphdef(config.compiled, training), recipe.joined(trained, kept))
    logits = net(x).astype(dtype)
    _, _, kept = nnx.split(net, nnx.Param, ...)
    return logits, nnx.to_pure_dict(kept)


def apply(params, x, config=Config().compiled):  # (n, 32, 32, 3) -> (n, 10)
    """In evaluation: with the running statistics."""
    return answers(*parted(params, config), x, config)[0]


def loss_and_kept(trained, kept, batch, config, training=True):
    """Cross-entropy with smoothed labels, its mean over the batch; and what the net keeps of it."""
    x, y = batch
    logits, kept = answers(trained, jax.lax.stop_gradient(kept), x, config, training)
    return losses.cross_entropy(logits, y, label_smoothing=config.label_smoothing), kept


def loss(params, batch, config=Config().compiled):
    """The loss alone, in evaluation, of all that a net is made of."""
    return loss_and_kept(*parted(params, config), batch, config, training=False)[0]


def step(state, batch, optimizer, config):
    """One step on the batch, which may come with what is done to its images."""
    x, y, *changes = batch
    kept, slow = state.rest
    if changes:
        x = recipe.augmented(x, *changes, translate=config.translate)
    grad_fn = jax.value_and_grad(loss_and_kept, has_aux=True)
    (value, kept), gradient = grad_fn(state.params, kept, (x, y), config)
    updates, opt_state = optimizer.update(gradient, state.opt_state, state.params)
    net = jax.tree.map(jnp.add, state.params, updates), kept
    if config.lookahead:
        net, slow = recipe.lookahead(net, slow, state.step + 1, config)
    return TrainState(net[0], opt_state, state.step + 1, (net[1], slow)), value


@cache  # the same objects for the same arguments, so that the step is compiled once for them
def make_step(config):
    optimizer = recipe.optimizer(config)
    return optimizer, partial(step, optimizer=optimizer, config=config)


def start(params, config):
    """The state before the first step: the slow copy is the net itself."""
    net = parted(params, config)
    slow = net if config.lookahead else ()
    return TrainState.create(net[0], make_step(config.compiled)[0], (net[1], slow))


def numbers(state):
    """All that a net is made of, out of a state."""
    return recipe.joined(state.params, state.rest[0])


def train(config, data, params=None, order=None, report=None, test=None, checkpoints=None):
    """`config.epochs` times through the examples, as in lesson 10."""
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    params = init(init_key, config, data[0]) if params is None else params
    _, on_batch = make_step(config.compiled)
    if order is None:
        rows = [epoch_order(order_key, epoch, len(data[0])) for epoch in range(config.epochs)]
        order = np.reshape(rows, (-1, len(data[0])))
    state, history = fit(
        on_batch,
        start(params, config),
        jax.device_put(data),
        pictures.visits(config, order),
        epochs=config.epochs,
        batch_size=config.batch_size,
        scan=True,
        evaluate=test and (lambda state: accuracy(apply, numbers(state), test, config.compiled)),
        report=report,
        checkpoints=checkpoints,
    )
    return numbers(state), history


def result(config, params, history, data):
    """How many test images are right, seen once, and in all views."""
    return recipe.judged(apply, params, test_examples(config), config)


def program(config):
    """These functions with their Config, as compare, bench and run take them."""
    _, on_batch = make_step(config.compiled)
    return Program(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        init=partial(init, config=config),
        apply=partial(apply, config=config.compiled),
        loss=partial(loss, config=config.compiled),
        start=partial(start, config=config),
        params=numbers,
        step=on_batch,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
    )


def main(config=Config()):
    data, test = examples(config), test_examples(config)
    params, history = train(config, data, test=test)
    for epoch, row in enumerate(history["loss"]):
        print("progress:", epoch, np.mean(row), history["test_accuracy"][epoch])
    print(result(config, params, history, data))


if __name__ == "__main__":
    main()
