def pieces(codes, length):
    whole = ...  # how many letters of codes are used as questions
    x = codes[:whole].view(-1, length)
    y = ...
    return x, y
