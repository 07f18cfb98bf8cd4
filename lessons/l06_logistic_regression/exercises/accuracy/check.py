"""What is looked at: two batches, with logits between 0 and one half among them."""

import numpy as np

from jaxdl.course.exercises import Draw


def cases(draw: Draw):
    """Of n + 6 examples, three answers True are right with a small logit, and two are wrong."""
    for more in (5, 7):
        right = (
            [(0.3, 1), (0.2, 1), (0.4, 1)] + [(2.0, 1)] * draw.integer(1, 3) + [(-1.5, 0)] * more
        )
        rows = np.array([*right, (1.2, 0), (-2.2, 1)])
        rows[:, 0] += draw.rng.uniform(-0.1, 0.1, len(rows))
        z, y = draw.rng.permutation(rows).astype("float32").T
        yield draw.array(z[:, None].copy()), draw.array(y > 0.5)


def observe(answer, draw: Draw):
    for z, y in cases(draw):
        yield f"accuracy(z {tuple(z.shape)}, y {tuple(y.shape)})", answer.accuracy(z, y)
