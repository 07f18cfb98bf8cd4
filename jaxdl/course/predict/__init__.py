"""What the net that was trained last makes of something of the user's."""

from jaxdl.course.predict.answers import answered, looks
from jaxdl.course.predict.inputs import read_name, read_pictures, read_question, read_start
from jaxdl.course.predict.net import (
    Net,
    class_names,
    classified,
    classifier,
    fitting,
    head,
    load_net,
)

__all__ = [
    "Net",
    "answered",
    "class_names",
    "classified",
    "classifier",
    "fitting",
    "head",
    "load_net",
    "looks",
    "read_name",
    "read_pictures",
    "read_question",
    "read_start",
]
