"""Leaves by name, and back."""

import doctest

import pytest

from jaxdl import _tree
from jaxdl._tree import leaves_by_name, nested

TREE = {"conv1": {"kernel": 1, "bias": 2}, "fc": {"layers": {"0": 3}}}


@pytest.mark.parametrize("separator", [".", "/"])
def test_there_and_back(separator):
    names = leaves_by_name(TREE, separator)
    assert names[separator.join(("fc", "layers", "0"))] == 3
    assert list(names.values()) == [2, 1, 3]  # in the order of the pytree
    assert nested(names, separator) == TREE


def test_a_bare_leaf():
    assert leaves_by_name(1) == {"": 1}


def test_the_examples():
    assert doctest.testmod(_tree) == (0, 2)
