"""`python -m jaxdl.cli` is `jaxdl`, too."""

from jaxdl.cli import main

main()
