"""Twelve squares of the width a block: four for attention, eight for what follows."""


def count(letters, context, width, layers):
    tables = (letters + context) * width
    block = 12 * width**2 + 2 * width
    return tables + layers * block + width


def added(width, layers):
    return layers * (36 * width**2 + 2 * width)
