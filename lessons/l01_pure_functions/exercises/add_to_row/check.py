"""What is looked at: the new table, and the old one afterwards."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    table, row, i = draw.normal(draw.n, draw.n + 2), draw.normal(draw.n + 2), draw.integer(1, 2)
    yield f"add_to_row(table, {i}, row)", answer.add_to_row(table, i, row)
    yield "after the call table", table
