"""In every second epoch the opposite: exclusive or."""


def mirrored(first, epoch):
    return first ^ (epoch % 2 == 1)
