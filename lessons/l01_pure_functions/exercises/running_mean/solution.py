"""The new state is a second result; whoever evaluates has nothing to restore."""


def centred(x, mean, training):
    if training:
        own = x.mean(axis=0)
        return x - own[None, :], 0.9 * mean + 0.1 * own
    return x - mean[None, :], mean
