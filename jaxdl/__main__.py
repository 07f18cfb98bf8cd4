"""`python -m jaxdl` is `jaxdl`."""

from jaxdl.cli import main

main()
