"""What is looked at: the new dict, the old one afterwards, and a second call."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    names = draw.rng.permutation(["hits", "misses", "errors", "visits"])[:3].tolist()
    counts = {name: draw.integer(2, 90) for name in names}
    yield f"next_counts({counts}, {names[0]!r})", answer.next_counts(counts, names[0])
    yield "after the call counts", counts
    yield f"next_counts(counts, {names[1]!r})", answer.next_counts(counts, names[1])
