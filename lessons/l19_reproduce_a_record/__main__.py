from jaxdl.cli import run_lesson

run_lesson("l19")
