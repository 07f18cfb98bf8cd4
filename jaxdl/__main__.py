"""`jaxdl` and `python -m jaxdl`: a Ctrl-C before the command line is there ends it quietly."""

import os
import signal


def main() -> None:
    """Import the command line, and run it."""
    deaf = signal.getsignal(signal.SIGINT) is not signal.default_int_handler  # in the background
    if not deaf:  # an exception would be lost, or told at length, in the middle of an import
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from jaxdl.cli import main

    if not deaf:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


if __name__ == "__main__":
    main()
