"""`python -m lessons.l20_many_devices.processes --processes 2 --devices 4 --strategy fsdp`."""

import argparse

from lessons.l20_many_devices import STRATEGIES
from lessons.l20_many_devices.processes.launch import launch

parser = argparse.ArgumentParser(description="lesson 20 in several processes on this machine")
parser.add_argument("--processes", type=int, default=2)
parser.add_argument("--devices", type=int, default=2, help="of each process")
parser.add_argument("--strategy", choices=STRATEGIES, default="fsdp")
parser.add_argument("--steps", type=int, default=20)
given = parser.parse_args()
found = launch(
    "learn", given.processes, given.devices, strategies=[given.strategy], steps=given.steps
)
for process, result in enumerate(found):
    own = result[given.strategy]
    print(f"process {process}: loss {own['losses'][0]:.6f} -> {own['losses'][-1]:.6f}", end=", ")
    print(f"{own['held']:,} bytes of the state on its first device")
