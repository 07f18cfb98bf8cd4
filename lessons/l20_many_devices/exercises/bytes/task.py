def held(P, d, fsdp):
    return ...


def sent(P, d, fsdp, gathers):
    once = 4 * P * (d - 1) / d
    return ...
