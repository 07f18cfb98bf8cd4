"""Five of the course's nets on the tape, written as a reader of its chapter would write them."""

import numpy as np

from jaxdl.autograd.tape import Tensor, no_grad


class Line:
    """l04: ŷ = wx, the squared error of one example."""

    def __init__(self, w):
        self.w = w

    def loss(self, x, y):
        return (x * self.w - y) ** 2

    def step(self, x, y, learning_rate):
        loss = self.loss(x, y)
        loss.backward()
        self.w.data = self.w.data - learning_rate * self.w.grad.data
        self.w.grad.data.zero_()
        return loss.item()


def linear(x, weight, bias):  # (n, in), (out, in), (out,) -> (n, out)
    return x @ weight.T + bias


class Net:
    """Parameters by PyTorch's names, and gradient descent with momentum."""

    def __init__(self, parameters, learning_rate, momentum=0.0):
        self.parameters, self.learning_rate, self.momentum = parameters, learning_rate, momentum
        self.velocity = dict.fromkeys(parameters, 0.0)

    def layer(self, name):
        return self.parameters[f"{name}.weight"], self.parameters[f"{name}.bias"]

    def step(self, x, y):
        loss = self.loss(x, y)
        for w in self.parameters.values():
            w.grad = None
        loss.backward()
        with no_grad():
            for name, w in self.parameters.items():
                self.velocity[name] = self.momentum * self.velocity[name] + w.grad
                w -= self.learning_rate * self.velocity[name]
        return loss.item()


class Regression(Net):
    """l05: ŷ = xwᵀ + b, the sum of the squared errors."""

    def loss(self, x, y):
        return ((linear(x, *self.layer("linear")) - y) ** 2).sum()


class Diabetes(Net):
    """l07: three layers with sigmoids, binary cross-entropy."""

    def loss(self, x, y):
        for name in ("linear1", "linear2", "linear3"):
            x = linear(x, *self.layer(name)).sigmoid()
        return -(y * x.log() + (1 - y) * (1 - x).log()).mean()


class Classifier(Net):
    """l09: five layers with ReLUs, cross-entropy."""

    def loss(self, x, y):
        x = x.reshape(-1, 784)  # (n, 1, 28, 28) -> (n, 784)
        for name in ("linear1", "linear2", "linear3", "linear4"):
            x = linear(x, *self.layer(name)).relu()
        return linear(x, *self.layer("linear5")).cross_entropy(y)


class Convolutional(Net):
    """l10: two convolutions, each with pooling, and a linear layer."""

    def loss(self, x, y):  # x (n, 1, 28, 28)
        x = x.conv2d(*self.layer("conv1")).max_pool2d(2).relu()  # -> (n, 10, 12, 12)
        x = x.conv2d(*self.layer("conv2")).max_pool2d(2).relu()  # -> (n, 20, 4, 4)
        return linear(x.reshape(-1, 320), *self.layer("fc")).cross_entropy(y)


NETS = {"l05": Regression, "l07": Diabetes, "l09": Classifier, "l10": Convolutional}


def leaf(array):
    """A parameter with these values, in memory of its own."""
    return Tensor(np.array(array), requires_grad=True)
