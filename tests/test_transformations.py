"""Every public function of nn, ops and optim under disable_jit, jit, vmap and grad.

The oracle of a value and of a gradient is XLA's own way (`ops.xla`); of `vmap`, the examples one by
one. With one, two and three spatial axes, with a batch and without.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from jaxdl import nn, ops, optim
from tests import soak

# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}
jit = partial(jax.jit, compiler_options=QUICK)


def random(*shape, seed=0):
    values = np.random.default_rng([seed, *shape]).normal(size=shape)
    return jnp.asarray(values.astype("float32"))


def module(build, *arguments, **options):
    """A layer as a function of its parameters and x, and the parameters."""
    rngs = {} if build is nn.PReLU else {"rngs": nnx.Rngs(0)}
    layer = build(*arguments, **rngs, **options)
    graphdef, params, rest = nnx.split(layer, nnx.Param, ...)

    def call(params, x, **more):
        return nnx.merge(graphdef, params, rest, copy=True)(x, **more)

    return call, params


def layer(build, shape, *arguments, **options):
    call, params = module(build, *arguments, **options)
    return call, params, random(*shape)


def pure(kind, shape, layered):
    """The recurrence as a function of parameters."""
    build = getattr(nn, {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}[kind.removesuffix("_cell")])
    layers = nnx.to_pure_dict(nnx.state(build(3, 2, rngs=nnx.Rngs(0)), nnx.Param))
    return getattr(nn, kind), layers if layered else layers["l0"], random(*shape)


def numbers(build):
    """A layer whose input are integers: what is differentiated by are its parameters alone."""
    call, params = build
    return lambda params, x: call(params, jnp.array([[0, 3], [1, 1]])) + x, params, jnp.zeros(())


def convolution(axes, batched, general=False):
    """(strides, …) of `ops.conv`, and of what stands for `jax.lax`'s with any number of axes."""
    shape, kernel = ((2,) if batched else ()) + (4,) * axes + (3,), random(*(2,) * axes, 3, 2)
    if not general:
        return lambda k, x: ops.conv(x, k, jnp.ones(2), (1, 1), "SAME"), kernel, random(*shape)
    letters = "DHW"[-axes:]
    words = (f"N{letters}C", f"{letters}IO", f"N{letters}C")

    def call(k, x):
        return ops.conv_general_dilated(x, k, (2,) * axes, "SAME", dimension_numbers=words)

    return call, kernel, random(*shape)


def pooling(pool, axes, batched):
    shape = ((2,) if batched else ()) + (4,) * axes + (3,)
    window = (2,) * axes
    return lambda _, x: pool(x, window, window), {}, random(*shape)


def both_ways(name, build):
    return {f"{name} {word}": build(axes) for word, axes in (("one", ()), ("batch", (2,)))}


KINDS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
CELLS = {"rnn": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell}
LENGTHS = np.array([3, 1])
CASES = {}
for kind in KINDS:
    batch = () if kind == "gru" else (2,)
    CASES[f"nn.{kind}"] = partial(pure, kind, (2, *batch, 3), True)
    CASES |= both_ways(
        f"nn.{kind}_cell", lambda b, kind=kind: partial(pure, f"{kind}_cell", (*b, 3), False)
    )
    name = KINDS[kind].__name__
    options = {"bidirectional": True} if kind == "rnn" else {}
    CASES[f"nn.{name}"] = partial(layer, KINDS[kind], (2, 2, 3), 3, 2, **options)
    CASES[f"nn.{name}Cell"] = partial(layer, CELLS[kind], (2, 3), 3, 2)


def with_lengths():
    call, params, x = layer(nn.RNN, (3, 2, 3), 3, 2)
    return partial(call, lengths=LENGTHS), params, x


def with_embedding():
    call, params, _ = layer(nn.LSTM, (1,), 3, 2)
    x = jnp.array([[0, 3], [1, 1], [2, 4]])
    rows = lambda table: nnx.merge(*table_of(table))  # noqa: E731
    embedding = nn.Embedding(5, 3, rngs=nnx.Rngs(1))
    graphdef, state = nnx.split(embedding)

    def table_of(table):
        return graphdef, jax.tree.map(lambda _: table, state)

    return lambda params, table: call(params, x, embedding=rows(table)), params, random(5, 3)


CASES |= {
    "nn.RNN lengths": with_lengths,
    "nn.LSTM embedding": with_embedding,
    **both_ways("nn.Linear", lambda b: partial(layer, nn.Linear, (*b, 3), 3, 2)),
    "nn.Embedding": lambda: numbers(module(nn.Embedding, 5, 3)),
    "nn.BatchNorm": partial(layer, nn.BatchNorm, (4, 3), 3),
    "nn.BatchNorm images": partial(layer, nn.BatchNorm, (2, 2, 2, 3), 3),
    "nn.BatchNorm evaluated": partial(layer, nn.BatchNorm, (4, 3), 3, use_running_average=True),
    "ops.conv": partial(convolution, 2, True),
}
for axes in (1, 2, 3):
    for word, batch in (("one", ()), ("batch", (2,))):
        size = (3,) * axes
        build = partial(layer, nn.Conv, (*batch, *(4,) * axes, 2), 2, 3, size, padding="VALID")
        CASES[f"nn.Conv {axes} {word}"] = build
        for pool in (ops.max_pool, ops.avg_pool):
            CASES[f"ops.{pool.__name__} {axes} {word}"] = partial(pooling, pool, axes, bool(batch))
    CASES[f"ops.conv_general_dilated {axes}"] = partial(convolution, axes, True, True)
CASES["nn.Conv lines of lines"] = partial(layer, nn.Conv, (2, 2, 9, 4), 4, 5, (3,))


def function(name, shape, *arguments, **options):
    """A function of an array without parameters."""
    return lambda _, x: getattr(nn, name)(x, *arguments, **options), {}, random(*shape)


def unpooled():
    indices = jnp.array([[[0, 3]], [[5, 4]]]).swapaxes(0, 1)
    return lambda _, x: nn.max_unpool(x, indices, (2,)), {}, random(1, 2, 2)


def bags():
    call, params = module(nn.EmbeddingBag, 5, 3)
    return lambda params, x: call(params, jnp.array([[0, 3], [1, 1]])) + x, params, jnp.zeros(())


def sequences(build, *arguments, both=False, **options):
    """Attention, the Transformer and its parts, of (batch, steps, features)."""
    layer = build(*arguments, rngs=nnx.Rngs(0), **options)
    graphdef, params, rest = nnx.split(layer, nnx.Param, ...)

    def call(params, x):
        net = nnx.merge(graphdef, params, rest, copy=True)
        net.eval()
        return net(x, x) if both else net(x)

    return call, params, random(2, 3, 4)


DROPPED = np.arange(6).reshape(2, 3) % 2 == 0
FUNCTIONS = {
    "adaptive_avg_pool": ((2, 5, 3), (2,)),
    "adaptive_max_pool": ((2, 5, 3), (2,)),
    "avg_pool": ((2, 5, 3), (2,), None, 1),
    "lp_pool": ((2, 5, 3), 2.0, (2,)),
    "max_pool": ((2, 5, 3), (2,)),
    "fractional_max_pool": (
        (1, 6, 5, 2), (2, 2), np.full((1, 2, 2), 0.3, "float32"), {"output_size": (3, 2)},
    ),
    "channel_shuffle": ((2, 4), 2),
    "flatten_channels_first": ((2, 3, 2, 4),),
    "unflatten_channels_first": ((2, 24), (3, 2, 4)),
    "fold": ((6, 8), (3, 4), (2, 2)),
    "unfold": ((3, 4, 2), (2, 2)),
    "pixel_shuffle": ((2, 3, 8), 2),
    "pixel_unshuffle": ((4, 2, 3), 2),
    "pad": ((4, 3), ((1, 2),), "reflect"),
    "upsample": ((1, 3, 4, 2), None, 2.0, "bilinear"),
    "alpha_dropout": ((2, 3), 0.5, {"keep": DROPPED}),
    "dropout": ((2, 3), 0.5, {"keep": DROPPED}),
    "cosine_similarity": ((2, 3), np.ones((2, 3), "float32")),
    "pairwise_distance": ((2, 3), np.ones((2, 3), "float32")),
    "normalize": ((2, 3),),
    "local_response_norm": ((2, 5), 3),
    "lengths": ((3, 4),),
    "gelu": ((5,),), "hardshrink": ((5,),), "hardtanh": ((5,),), "leaky_relu": ((5,),),
    "rrelu": ((5,),), "softmin": ((5,),), "softplus": ((5,),), "softshrink": ((5,),),
    "tanhshrink": ((5,),), "threshold": ((5,), 0.1, 2.0),
}  # fmt: skip
for name, (shape, *arguments) in FUNCTIONS.items():
    options = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
    CASES[f"nn.{name}"] = partial(function, name, shape, *arguments, **options)
CASES |= {
    "nn.max_unpool": unpooled,
    "nn.EmbeddingBag": bags,
    "nn.Bilinear": lambda: (
        lambda params, x: (build := module(nn.Bilinear, 3, 3, 2))[0](build[1], x, b=x),
        {},
        random(2, 3),
    ),
    "nn.ConvTranspose": partial(layer, nn.ConvTranspose, (2, 4, 4), 4, 2, (3,), strides=2),
    "nn.GroupNorm": partial(layer, nn.GroupNorm, (2, 3, 4), 4, num_groups=2),
    "nn.InstanceNorm": partial(layer, nn.InstanceNorm, (2, 3, 4), 4),
    "nn.LayerNorm": partial(layer, nn.LayerNorm, (2, 4), 4),
    "nn.RMSNorm": partial(layer, nn.RMSNorm, (2, 4), 4),
    "nn.PReLU": partial(layer, nn.PReLU, (2, 4)),
    "nn.MultiheadAttention": partial(sequences, nn.MultiheadAttention, 2, 4),
    "nn.scaled_dot_product_attention": lambda: (
        lambda _, x: nn.scaled_dot_product_attention(x, x, x), {}, random(2, 3, 4)
    ),
    "nn.spectral_norm": lambda: (
        lambda _, x: nn.spectral_norm(x, np.ones(3, "float32"), np.ones(4, "float32")),
        {},
        random(4, 3),
    ),
    "nn.weight_norm": lambda: (
        lambda _, x: nn.weight_norm(x, np.ones((1, 3), "float32")), {}, random(4, 3)
    ),
    "nn.shortened": lambda: (
        lambda _, x: nn.shortened(x, np.array([0, 2]), 1.0), {}, random(4, 3)
    ),
}  # fmt: skip


OPTIONS = {
    "sgd": {"momentum": 0.9, "nesterov": True},
    "lbfgs": {"max_iter": 2, "history_size": 3},
    "lbfgs strong_wolfe": {"max_iter": 2, "history_size": 3, "line_search_fn": "strong_wolfe"},
}


def optimiser(name):
    """Two updates of parameters by an objective, as a function of both; of L-BFGS one."""
    factory = optim.OPTIMIZERS[name.partition(" ")[0]]
    optimizer = optax.with_extra_args_support(factory(0.1, **OPTIONS.get(name, {})))

    def call(params, x):
        def objective(params):
            return jnp.sum((params["w"] * x - 1) ** 2) + jnp.sum(params["w"] ** 4)

        state = optimizer.init(params)
        for _ in range(1 if name.startswith("lbfgs") else 2):
            value, gradient = jax.value_and_grad(objective)(params)
            updates, state = optimizer.update(
                gradient, state, params, value=value, value_fn=objective
            )
            params = optax.apply_updates(params, updates)
        return params["w"]

    shape = (3, 2) if name == "muon" else (3,)  # it is for matrices
    return call, {"w": random(*shape, seed=1)}, random(*shape)


CASES |= {f"optim.{name}": partial(optimiser, name) for name in (*optim.OPTIMIZERS, *OPTIONS)}


def test_every_public_function_is_here():
    covered = {case.split()[0] for case in CASES}
    wanted = {f"nn.{name}" for name in nn.__all__} | {f"ops.{name}" for name in ops.__all__}
    wanted |= {f"optim.{name}" for name in optim.OPTIMIZERS}
    assert wanted - covered == ELSEWHERE


ELSEWHERE = {
    "ops.fast", "ops.xla", "nn.causal_mask",  # which take no array
    # Layers that are functions above; the Transformer's are held in tests/nn and tests/torch.
    "nn.Dropout", "nn.LocalResponseNorm", "nn.Transformer", "nn.TransformerDecoder",
    "nn.TransformerDecoderLayer", "nn.TransformerEncoder", "nn.TransformerEncoderLayer",
}  # fmt: skip


def close(found, wanted):
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        assert np.all(np.isfinite(b))
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)


# One of each kind; all are compiled five times over, which takes minutes.
PART = ["nn.gru", "nn.lstm_cell one", "nn.RNN lengths", "nn.Linear one", "nn.Embedding"]
PART += ["nn.BatchNorm", "nn.Conv 1 one", "nn.Conv 3 one", "nn.Conv lines of lines", "ops.conv"]
PART += ["ops.max_pool 3 one", "ops.avg_pool 1 batch", "optim.adam"]


@pytest.mark.parametrize("case", soak.whole_or(PART, list(CASES)))
def test_it_is_the_same_under_every_transformation(case):
    call, params, x = CASES[case]()

    def energy(params, x):
        leaves = jax.tree.leaves(call(params, x))
        return sum(jnp.sum(leaf * jnp.cos(jnp.arange(leaf.size, dtype=leaf.dtype)).reshape(
            leaf.shape)) for leaf in leaves)  # fmt: skip

    # No gradient of reverse mode goes through a loop whose length the data decide.
    by_hand = case.startswith("optim.lbfgs")
    derive = (
        (lambda p, x: jax.jvp(energy, (p, x), jax.tree.map(jnp.ones_like, (p, x))))
        if by_hand
        else jax.value_and_grad(energy, (0, 1))
    )

    def all_of(params, x):
        return call(params, x), derive(params, x)

    with ops.xla():
        wanted = jit(all_of)(params, x)
    close(jit(all_of)(params, x), wanted)
    xs = jnp.stack([x * 0.5, x])
    together = jit(jax.vmap(all_of, (None, 0)))(params, xs)
    close(jax.tree.map(lambda leaf: leaf[1], together), wanted)
    with jax.disable_jit():
        if by_hand:  # step by step in Python, its derivative takes seconds
            close(call(params, x), wanted[0])
        else:
            close(all_of(params, x), wanted)
