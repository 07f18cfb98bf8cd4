"""`python -m jaxdl.cli` is `jaxdl`."""

from jaxdl.cli import main

main()
