"""What is looked at: answers of which some go on behind the end, do not stop, or have a mistake."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    for which in ("a first", "a second"):
        given = [draw.array(each.astype("int32")) for each in answers(draw)]
        yield f"exact_match(guess, y), {which} batch", answer.exact_match(*given)


def answers(draw: Draw):
    rows, width = draw.integer(60, 99), 7
    lengths, place = np.resize([2, 3, 4, 5], rows), np.arange(width)
    y = draw.rng.integers(1, 11, (rows, width)) * (place < lengths[:, None])
    guess, some = y.copy(), draw.rng.integers(1, 11, rows)
    kind = draw.rng.integers(0, 4, rows)  # 0: right
    behind, letter, end = (np.flatnonzero(kind == k) for k in (1, 2, 3))
    guess[behind, lengths[behind] + 1] = some[behind]  # right, and something behind the end
    guess[letter, 0] = y[letter, 0] % 10 + 1  # a letter is wrong
    guess[end, lengths[end]] = some[end]  # it does not stop
    return guess, y
