"""Records with numbers that are easy to reckon with."""

import copy

RECORD = {
    "schema": 1,
    "lesson": "l09",
    "variant": {"name": "default", "title": "l09", "config": {}},
    "arm": "torch-eager",
    "mode": "",
    "device": "cpu",
    "batch_size": 64,
    "dtype": "float32",
    "threads": 2,
    "steps": 3000,
    "agrees": True,
    "against": "torch-eager",
    "loss_error": 0.0,
    "compile_s": 0.0,
    "first_step_s": 0.004,
    "step_s": {"median": 0.002, "q1": 0.0019, "q3": 0.0022, "n": 15},
    "examples_per_s": 32000.0,
    "memory_before_bytes": 100_000_000,
    "peak_memory_bytes": 200_000_000,
    "versions": {"jax": "0.10.2", "torch": "2.13.0"},
    "machine": {"cpu": "a processor", "cores": 2},
    "commit": "0123abc",
    "command": "jaxdl bench l09",
    "date": "2026-01-01T00:00:00+00:00",
}


def record(arm="torch-eager", median=0.002, *, title="l09", **changes):
    """RECORD with an arm, a time per step, and whatever else."""
    made = copy.deepcopy(RECORD) | {"arm": arm, "lesson": title.split()[0]}
    made["step_s"] = {"median": median, "q1": median * 0.95, "q3": median * 1.1, "n": 15}
    net = next((word for word in title.split()[1:] if "=" not in word), "default")
    pairs = [word.split("=") for word in title.split() if "=" in word]
    config = {name: int(value) if value.isdigit() else value for name, value in pairs}
    made["variant"] = {"name": net, "title": title, "config": config}
    return made | changes


def whole(name, train, process, second=None):
    """A record of whole runs; `second`: seconds of the process at its second start."""
    kept = {key: value for key, value in RECORD.items() if key not in STEPS_ALONE}
    spread = lambda median: {"median": median, "q1": median, "q3": median, "n": 5}  # noqa: E731
    again = {"second_train_s": second / 2, "second_process_s": second} if second else {}
    return copy.deepcopy(kept) | {
        "arm": name,
        "epochs": 10,
        "train_s": spread(train),
        "process_s": spread(process),
        **{field: spread(seconds) for field, seconds in again.items()},
    }


STEPS_ALONE = (
    *("mode", "compile_s", "first_step_s", "step_s", "examples_per_s"),
    *("memory_before_bytes", "peak_memory_bytes"),
)
