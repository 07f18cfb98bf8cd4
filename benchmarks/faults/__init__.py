"""The fault corpus: ports with one planted fault each, and sound ones, shown to the doctor.

    python -m benchmarks.faults                 # all; writes benchmarks/results/faults.json
    python -m benchmarks.faults N3 R1 --tell    # some, with what the doctor says
    python -m benchmarks.faults N3 --write      # some measured anew, in the file, too

Each fault is one that somebody made in public when carrying a model from one framework to another;
`source` names the thread. A net is a PyTorch model and its port in plain JAX, on inputs that can
show faults: uneven sizes, no parameter at 0 or 1. The doctor is right about the place if it names
the PyTorch call, parameter, buffer or step where the two part, and right about the cause if its
sentence says what was planted.
"""
