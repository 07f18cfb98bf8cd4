def gradient(x, slope):
    return {"kernel": ..., "bias": ...}
