"""`nn.Conv` and `nn.ConvTranspose` against PyTorch: outputs, gradients by input, kernel and bias.

Traps 2, 4, 5 and 10 of docs/traps.md; uneven sizes, and pairs of all options.
"""

import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import nnx

from jaxdl import nn, replay
from jaxdl.parity import Layer, ParameterMap, rules
from tests.pairs import pairs
from tests.torch.agreement import differences

SIZES, IN, OUT = (7, 6, 5), 4, 6
RANDOM = np.random.default_rng(0)
BIASED, GROUPS = [True, False], [1, 2]


def case(rule, layer, module, x, rank):
    """Input, weight and bias are three inputs; the rule carries the latter two in the program."""
    graphdef, params = nnx.split(layer)
    like = nnx.to_pure_dict(params)
    tensors = {name: tensor.detach().double().numpy() for name, tensor in module.named_parameters()}

    def ours(x, *leaves):
        leaves = rule.to_jax(dict(zip(tensors, map(Carried, leaves), strict=True)))
        return nnx.merge(graphdef, {name: leaf.value for name, leaf in leaves.items()})(last(x))
