"""What an exercise asks to write oneself is not had from a library."""

import ast
import re
from dataclasses import replace

import pytest

from jaxdl._torch import has_torch
from jaxdl.course.exercises import DERIVATIVES, all_exercises, exercise_called
from jaxdl.course.exercises.check import prepare
from jaxdl.course.exercises.without import used

READY_MADE = {
    "l03/slope_by_hand": (
        "jax.grad",
        """from jax import grad as derivative
def slope(w, x, y):
    return derivative(lambda w: ((x * w - y) ** 2).mean())(w)""",
    ),
    "l04/chain_rule": (
        "jax.grad",
        """import jax
def slopes(w1, w2, x, y):
    return jax.grad(lambda a, b: (b * jax.nn.sigmoid(a * x) - y) ** 2, argnums=(0, 1))(w1, w2)""",
    ),
    "l05/linear_weight/imperative": (
        "torch.nn.functional.linear",
        """from torch.nn import functional as F
def forward(weight, bias, x):
    return F.linear(x, weight, bias)""",
    ),
    "l06/cross_entropy": (
        "if",
        """import jax.numpy as jnp
def loss(p, y):
    each = [-jnp.log(a) if b else -jnp.log(1 - a) for a, b in zip(p, y)]
    return sum(each) / len(each)""",
    ),
    "l06/logit_gradient": (
        "jax.value_and_grad",
        """import jax
import jax.numpy as jnp
def slopes(w, b, x, y):
    def loss(w, b):
        return (jnp.logaddexp(0.0, w * x + b) - y * (w * x + b)).mean()
    return jax.value_and_grad(loss, argnums=(0, 1))(w, b)[1]""",
    ),
    "l06/loss_of_logits": (
        "optax.sigmoid_binary_cross_entropy",
        """from optax import sigmoid_binary_cross_entropy as losses""",
    ),
    "l07/layer_gradient": (
        "jax.vjp",
        """import jax
import jax.numpy as jnp
def gradient(x, slope):
    k, b = jnp.zeros((x.shape[1], slope.shape[1])), jnp.zeros(slope.shape[1])
    _, back = jax.vjp(lambda k, b: x @ k + b[None], k, b)
    return dict(zip(("kernel", "bias"), back(slope)))""",
    ),
    "l07/layer_gradient/imperative": (
        "backward",
        """import torch
def gradient(x, slope):
    weight = torch.zeros(slope.shape[1], x.shape[1], requires_grad=True)
    bias = torch.zeros(slope.shape[1], requires_grad=True)
    (x @ weight.T + bias).backward(slope)
    return weight.grad, bias.grad""",
    ),
    "l07/linear_layer/imperative": (
        "torch.nn.functional.linear",
        """import torch
def linear(weight, bias, x):
    return torch.nn.functional.linear(x, weight, bias)""",
    ),
    "l09/cross_entropy": (
        "optax",
        """import optax
def loss(logits, y):
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()""",
    ),
    "l09/softmax_gradient": (
        "jax.grad",
        """import jax
def gradient(logits, y):
    own = jax.nn.one_hot(y, logits.shape[1])
    return jax.grad(lambda z: -(own * jax.nn.log_softmax(z)).sum() / len(y))(logits)""",
    ),
    "l09/stable_softmax": (
        "jax.nn.softmax",
        """import jax
nn = jax.nn
softmax = nn.softmax""",
    ),
    "l10/convolve": (
        "jax.lax.conv_general_dilated",
        """from jax.lax import conv_general_dilated
def convolve(x, kernel):
    named = ("NHWC", "HWIO", "NHWC")
    return conv_general_dilated(x[None], kernel, (1, 1), "VALID", dimension_numbers=named)[0]""",
    ),
    "l10/max_pool": (
        "jax.lax.reduce_window",
        """import jax
def max_pool(x):
    window = (1, 2, 2, 1)
    return jax.lax.reduce_window(x, -jax.numpy.inf, jax.lax.max, window, window, "VALID")""",
    ),
    "l10/max_pool/imperative": (
        "torch.max_pool2d",
        """import torch
def max_pool(x):
    return torch.max_pool2d(x, 2)""",
    ),
    "l10/pool_gradient": (
        "jax.vjp",
        """import jax
def grow(a):
    return a
def gradient(x, pooled, arriving):
    (m, n), pool = pooled.shape, lambda x: x.reshape(m, 2, n, 2).max((1, 3))
    return jax.vjp(pool, x)[1](arriving)[0]""",
    ),
    "l11/one_by_one": (
        "jax.lax.conv_general_dilated",
        """import jax
def conv1x1(x, kernel, bias):
    named = ("NHWC", "HWIO", "NHWC")
    found = jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=named)
    return found + bias[None, None, None]""",
    ),
    "l11/one_by_one/imperative": (
        "torch.nn.functional.conv2d",
        """import torch.nn.functional as F
def conv1x1(x, weight, bias):
    return F.conv2d(x, weight, bias)""",
    ),
    "l12/embedding_gradient": (
        "jax.vjp",
        """import jax
def gradient(table, letters, slope):
    return jax.vjp(lambda table: table[letters], table)[1](slope)[0]""",
    ),
    "l12/embedding_gradient/imperative": (
        "torch.autograd",
        """from torch import autograd
def gradient(table, letters, slope):
    own = table.clone().requires_grad_()
    return autograd.grad(own[letters], own, slope)[0]""",
    ),
    "l16/all_queries": (
        "for",
        """import jax.numpy as jnp
def scores(query, read):
    return jnp.stack([q @ r.T for q, r in zip(query, read)])
def context(weights, read):
    return jnp.stack([w @ r for w, r in zip(weights, read)])""",
    ),
    "l16/slope_of_a_mean": (
        "jax.grad",
        """import jax
def mean(scores, v):
    return (jax.nn.softmax(scores) * v).sum()
slope = jax.grad(mean)""",
    ),
}
HERE = [name for name in READY_MADE if has_torch() or name.count("/") == 1]


@pytest.mark.parametrize("name", HERE)
def test_what_is_ready_made_is_named_and_not_counted(name, tmp_path):
    what, text = READY_MADE[name]
    exercise, style = exercise_called(name)
    prepared = prepare(exercise, style, seed=1)
    path = tmp_path / "answer.py"
    path.write_text(text, "utf-8")
    verdict = prepared.check(path)
    assert not verdict.right
    assert f" uses {what}" in verdict.what["en"]
    assert f"行用了 {what}" in verdict.what["zh"]
    # It is refused for this alone.
    allowed = replace(prepared, exercise=replace(exercise, without=()))
    assert allowed.check(path).right, allowed.check(path).what
    path.write_text(exercise.path(style, "solution").read_text("utf-8"), "utf-8")
    assert prepared.check(path).right


def test_each_exercise_that_asks_for_it_is_tried_and_says_so():
    asking = {exercise.name for exercise in all_exercises() if exercise.without}
    assert asking == {name.removesuffix("/imperative") for name in READY_MADE}
    for name in READY_MADE:
        exercise, style = exercise_called(name)
        assert re.search(r"(?i)without|\bno\s|neither", exercise.told("en", style)[1]), name
        assert re.search("不用", exercise.told("zh", style)[1]), name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import jax\n\nf = jax.vjp", ("jax.vjp", 3)),
        ("import jax as j\nf = j.hessian", ("jax.hessian", 2)),
        ("from jax import value_and_grad as both", ("jax.value_and_grad", 1)),
        ("import torch\ntorch.autograd.grad(l, w)", ("torch.autograd", 2)),
        ("l.sum().backward()", ("backward", 1)),
        ("import jax\nx = jax.nn.sigmoid(w.grad)", None),
        ("def grad(f):\n    return f\ngrad(1)", None),
    ],
)
def test_it_is_seen_under_any_name(text, found):
    assert used(ast.parse(text), DERIVATIVES) == found
