"""Every configuration that PyTorch's own database has of these modules: forward and gradients."""

import pytest
import torch

from benchmarks.coverage.conv import CARRIERS
from benchmarks.coverage.database import configurations, errors
from tests.soak import whole_or

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")


def test_every_configuration():
    found = list(configurations(set(CARRIERS)))
    names = {item.name for item in found}
    assert len(names) == 70
    assert CARRIERS.keys() - names == {"Hardsigmoid", "RReLU"}  # the database lacks them
    if not whole_or(0, 1):  # of each class the first, the last and every third between
        ends = {item.name: item for item in (*found, *reversed(found))}.values()
        last = {item.name: item for item in found}.values()
        found = [*{id(item): item for item in (*ends, *last, *found[::3])}.values()]
    labels = [f"{i} {item.name} {item.description}" for i, item in enumerate(found)]
    worst = dict(zip(labels, errors(CARRIERS, found), strict=True))
    assert {name: size for name, size in worst.items() if not size <= 1e-9} == {}


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (torch.nn.RReLU(), "draws its slopes at every call in training.*noise"),
        (torch.nn.FractionalMaxPool2d(2, output_ratio=0.5), "draws its samples.*as samples"),
    ],
)
def test_what_is_drawn_is_not_carried(module, message):
    with pytest.raises(ValueError, match=message):
        CARRIERS[type(module).__name__](module)
