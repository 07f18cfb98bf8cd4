def shapes(m, n, k):
    return {
        "a": ...,
        "b": ...,
        "c": ...,
        "d": ...,
    }
