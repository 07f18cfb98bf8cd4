"""Errors that are the input's fault, told in one line."""


class InputError(Exception):
    """Something the user gave cannot be used; the message is one line and says what to do next.

    The command line prints it without a traceback and exits with 2.
    """
