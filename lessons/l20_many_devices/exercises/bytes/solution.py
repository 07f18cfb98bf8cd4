"""An all-reduce is a reduce-scatter and an all-gather: fsdp that gathers once sends as much."""


def held(P, d, fsdp):
    return 3 * 4 * P // (d if fsdp else 1)


def sent(P, d, fsdp, gathers):
    once = 4 * P * (d - 1) / d
    return (gathers + 1) * once if fsdp else 2 * once
