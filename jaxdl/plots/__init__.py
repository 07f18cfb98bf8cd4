"""What the course's figures have in common, on Matplotlib's object interface (no window, no state).

A figure is drawn and saved inside `style`, which chooses the language of its words:

    with plots.style("zh"):
        figure = program.figures(params, history, data)
        figure.savefig("figure.zh.png")

Every figure is WIDTH inches wide. At 800 pixels, the width of a page, 9 points, the smallest text,
are 12.5 pixels high.
"""

from jaxdl.plots.boxes import (
    Box,
    boxes_of_grad_fn,
    boxes_of_jaxpr,
    graph,
)
from jaxdl.plots.canvas import (
    ACCURACY,
    COLORS,
    LOSS,
    SETTINGS,
    WIDTH,
    WORDS,
    mosaic,
    row,
    save,
    say,
    style,
)
from jaxdl.plots.curves import (
    apart,
    curve,
    darker,
    learning,
    logarithmic,
    name_lines,
    smooth,
)
from jaxdl.plots.images import (
    classifier,
    confusion,
    heat,
    looks,
    mistakes,
    pictures,
)

__all__ = [
    "ACCURACY",
    "COLORS",
    "LOSS",
    "SETTINGS",
    "WIDTH",
    "WORDS",
    "Box",
    "apart",
    "boxes_of_grad_fn",
    "boxes_of_jaxpr",
    "classifier",
    "confusion",
    "curve",
    "darker",
    "graph",
    "heat",
    "learning",
    "logarithmic",
    "looks",
    "mistakes",
    "mosaic",
    "name_lines",
    "pictures",
    "row",
    "save",
    "say",
    "smooth",
    "style",
]
