"""Few cases in which every value of one factor still meets every value of every other."""

from itertools import combinations, product


def pairs(*factors):
    """Rows, one value a factor, such that any two values of two factors stand in one row.

    A fault that shows itself wherever two certain values meet is found by these rows as by the
    whole product. Row by row, the one with the most pairs that no row has had; of equals the first.
    With three factors that is a Latin square: as many rows as the two longest have pairs.

    Args:
        factors: each a list of values.
    """
    indices = [range(len(values)) for values in factors]
    left, rows = set(pairs_of(*indices)), []
    while left:
        row = max(product(*indices), key=lambda row: len(left.intersection(enumerate_pairs(row))))
        left.difference_update(enumerate_pairs(row))
        rows.append(row)
    return [
        tuple(values[i] for values, i in zip(factors, row, strict=True)) for row in sorted(rows)
    ]


def pairs_of(*factors):
    for (i, a), (j, b) in combinations(enumerate(factors), 2):
        yield from ((i, x, j, y) for x, y in product(a, b))


def enumerate_pairs(row):
    return [(i, x, j, y) for (i, x), (j, y) in combinations(enumerate(row), 2)]


def missing(rows, *factors):
    """The pairs of values that stand in no row."""
    found = [pair for row in rows for pair in enumerate_pairs(row)]
    return [pair for pair in pairs_of(*factors) if pair not in found]
