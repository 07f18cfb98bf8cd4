"""A pytest plugin that runs the long forms: `pytest -p tests.soak`, or `make soak`.

Where minutes would hardly find anything that seconds do not, the suite has a part, chosen once and
for all, and the whole is here.
"""

_long = False


def pytest_configure():
    global _long
    _long = True


def whole_or(part, whole):
    """`whole` where the long forms run, else `part`: cases, or a number of them.

    Raises:
        ValueError: `part` is not a part of `whole`, and what it proves would not be proven again.
    """
    numbers = isinstance(whole, int)
    if part > whole if numbers else not all(case in whole for case in part):
        raise ValueError(f"{part} is no part of {whole}")
    return whole if _long else part
