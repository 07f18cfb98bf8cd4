"""The lecture's own form of a script, train then test in every epoch, against `tests_each_epoch`.

Its test loader does not shuffle, and draws a base seed from the default generator all the same.
"""

import jax
import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.like_torch import softmax_classifier
from jaxdl import data
from jaxdl.course import find
from jaxdl.course.start import Start, begin, like_torch

EPOCHS = 3


def lecture_script(seed):
    """All losses of l09's training, the test set read after each epoch."""
    splits = data.load("digits")
    torch.manual_seed(seed)
    model = softmax_classifier().double()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)

    def loader(split, shuffle):
        images = ((torch.from_numpy(split.x).float() / 255 - 0.1307) / 0.3081).unsqueeze(1)
        pairs = TensorDataset(images.double(), torch.from_numpy(split.y).long())
        return DataLoader(pairs, batch_size=64, shuffle=shuffle)

    train_loader, test_loader = loader(splits.train, True), loader(splits.test, False)
    losses = []
    for _ in range(EPOCHS):
        for inputs, target in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        with torch.no_grad():
            for inputs, _target in test_loader:
                model(inputs)
    return np.array(losses)


def ours(seed, tests_each_epoch):
    lesson = find("l09")
    config = lesson.config(data="digits", seed=seed, epochs=EPOCHS)
    program = lesson.program(config)
    with jax.enable_x64(True):
        start = Start(like_torch=True, precision="float64", tests_each_epoch=tests_each_epoch)
        examples, params, more = begin(lesson, config, program, start)
        _, history = program.train(examples, params, **more)
    return history["loss"]


@pytest.mark.parametrize("seed", [0, -3, 2**40])
def test_all_losses_of_the_lectures_script(seed):
    theirs, found = lecture_script(seed), np.concatenate(ours(seed, True))
    assert len(theirs) == len(found) == EPOCHS * 23
    np.testing.assert_allclose(found, theirs, rtol=1e-10, atol=0)


def test_without_it_the_orders_part_from_the_second_epoch_on():
    lesson = find("l09")
    config = lesson.config(data="digits", epochs=EPOCHS)
    examples = lesson.program(config).examples()
    (params, plain), (same, tested) = (
        like_torch(lesson, config, examples, tests) for tests in (False, True)
    )
    assert jax.tree.all(jax.tree.map(np.array_equal, params, same))
    assert plain is not None
    assert tested is not None
    assert [np.array_equal(a, b) for a, b in zip(plain, tested, strict=True)] == [
        True,
        False,
        False,
    ]
