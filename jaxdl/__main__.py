"""`jaxdl` and `python -m jaxdl`: Ctrl-C before or after the command itself is no traceback."""

import os
import signal


def main() -> None:
    """Import the command line, and run it."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # in the background
        from jaxdl.cli import main

        main()
    # In the middle of an import or of clearing up an exception would be lost, or told at length.
    signal.signal(signal.SIGINT, _end)
    from jaxdl.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        main()
    finally:
        signal.signal(signal.SIGINT, _end)


def _end(*_: object) -> None:
    os._exit(130)


if __name__ == "__main__":
    main()
