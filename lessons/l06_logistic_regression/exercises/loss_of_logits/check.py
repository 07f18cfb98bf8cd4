"""What is looked at: small logits, large ones of both signs, and large ones that are wrong."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    size = draw.integer(120, 190)
    for z, name in (
        ([-1.5, -0.5, 0.5, 1.5], "small"),
        ([-size, -size, size, size], "large"),
    ):
        shift = draw.rng.uniform(0.1, 0.4, 4)
        z, y = (
            draw.array((z + shift).astype("float32")),
            draw.array(np.array([0, 1, 0, 1], "float32")),
        )
        yield f"losses(z, y), z {name}", answer.losses(z, y)
