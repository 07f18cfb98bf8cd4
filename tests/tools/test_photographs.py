"""Lesson 19's tables of runs on photographs."""

import json

from tools import photographs


def write(folder, name, seed, right, without=None, command=""):
    document = {
        "command": f"python -m benchmarks.record{command}",
        "without": without,
        "config": {"optimizer": "sgd", "seed": seed},
        "result": {"test accuracy": right, "at one look": right - 0.01},
        "seconds": {"epochs": [10.0, 12.0, 11.0]},
    }
    (folder / f"{name}-seed{seed}.json").write_text(json.dumps(document))


def test_what_has_been_run_is_shown(tmp_path):
    assert photographs.runs(tmp_path, False) == photographs.ingredients(tmp_path, True) == []
    write(tmp_path, "short-jax", 0, 0.85)
    write(tmp_path, "short-jax", 1, 0.86)
    write(tmp_path, "whole-torch", 0, 0.94)
    write(tmp_path, "short-torch-of-100-images", 0, 0.1, command=" --limit 100")
    write(tmp_path, "short-jax-without-any-flip", 1, 0.84, "any flip")
    assert photographs.runs(tmp_path, False)[2:] == [
        "| short | JAX | 2 | 85.50% (85.00%, 86.00%) | 84.50% (84.00%, 85.00%) | 11 |",
        "| whole | PyTorch | 1 | 94.00% | 93.00% | 11 |",
    ]
    assert photographs.ingredients(tmp_path, False)[2:] == [
        "| any flip | 84.00% | 86.00% | -2.00 |"  # beside the same seed with it
    ]
