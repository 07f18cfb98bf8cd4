def carried(weight, bias):
    return {"kernel": ..., "bias": bias}


def apply(params, x):
    return ...
