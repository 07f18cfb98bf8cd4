def multiplications(side, layers):
    return sum(... for inputs, outputs, size in layers)
