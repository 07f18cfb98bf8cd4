"""What is looked at: the timetable, and the share of idle ticks."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    stages = draw.integer(3, 5)
    parts = stages + draw.n
    yield f"timetable({parts}, {stages})", answer.timetable(parts, stages)
    yield f"idle({parts}, {stages})", answer.idle(parts, stages)
