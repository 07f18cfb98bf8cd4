"""What is looked at: both strategies, for numbers drawn."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    devices = draw.n
    parameters = devices * draw.integer(1001, 9999)
    for fsdp in (False, True):
        yield f"held({parameters}, {devices}, {fsdp})", answer.held(parameters, devices, fsdp)
        for gathers in (1, 2):
            given = parameters, devices, fsdp, gathers
            yield f"sent{given}", answer.sent(*given)
