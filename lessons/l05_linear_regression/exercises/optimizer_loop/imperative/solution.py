"""Forget, backward, update; zero_grad may stand anywhere but between the last two."""


def loss(model, x, y):
    return ((model(x) - y) ** 2).mean()


def train(optimizer, model, x, y, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        loss(model, x, y).backward()
        optimizer.step()
