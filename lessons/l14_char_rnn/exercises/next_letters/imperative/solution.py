"""The last letter of the text has no next one, so one letter less can be asked about."""


def pieces(codes, length):
    whole = (len(codes) - 1) // length * length
    x = codes[:whole].view(-1, length)
    y = codes[1 : whole + 1].view(-1, length)
    return x, y
