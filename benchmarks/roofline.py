"""What a training step must do at least, against what this machine can do: where the room is.

`python -m benchmarks.roofline` writes `benchmarks/results/roofline.json`: the floating-point
operations of one compiled step and the bytes that its operations hand to each other, as XLA counts
them, the rate of a large matrix product and of memory on the same cores, and the time that follows
from each. No step can be faster than its operations; its bytes are an upper bound, since most of
them come from caches. Lessons whose steps hold a loop are left out: XLA counts its body once.

Beside them what was measured: the step, and its matrix products alone, on arrays that lie ready;
of what is short many in a call, so that calling costs nothing. What the products take beyond their
operations is what small products lose; what the step takes beyond its products is copying and
everything else.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from jaxdl.course import find
from jaxdl.course.document import environment

RESULT = Path(__file__).parent / "results" / "roofline.json"
CASES: list[tuple[str, dict[str, Any], int]] = [
    ("l07", {}, 1000),
    ("l09", {}, 1),
    *(("l10", {"model": model}, 1) for model in ("lecture", "deeper")),
    *(("l11", {"model": model}, 1) for model in ("googlenet", "resnet")),
]
"""The lesson, fields of its Config, steps a call: of small ones so many that calling is free."""


def best(run: Any, *arguments: Any, times: int = 20) -> float:
    """The shortest of several calls, in seconds."""
    jax.block_until_ready(run(*arguments))
    found = []
    for _ in range(times):
        start = time.perf_counter()
        jax.block_until_ready(run(*arguments))
        found.append(time.perf_counter() - start)
    return min(found)


def machine() -> dict[str, float]:
    """Operations and bytes a second: a product of 2048 × 2048, a sum of two arrays of 64 MB."""
    n = 2048
    a, wide = jnp.ones((n, n)), jnp.ones(16 * 2**20)
    return {
        "flops_per_s": 2 * n**3 / best(jax.jit(jnp.matmul), a, a),
        "bytes_per_s": 3 * wide.nbytes / best(jax.jit(jnp.add), wide, wide),
    }


def started(name: str, fields: dict[str, Any]) -> tuple[Any, Any, Any]:
    """The lesson's step, (state, batch) -> (state, loss), its first state and its first batch."""
    lesson = find(name)
    config = lesson.config(**fields)
    program = lesson.program(config)
    assert program.start is not None
    batch = jax.device_put(lesson.first_batch(config, program.examples()))
    return program.step, program.start(program.init(jax.random.key(config.seed))), batch


def step_cost(name: str, fields: dict[str, Any], steps: int) -> dict[str, Any]:
    """Of one compiled step of the lesson, on its first batch."""
    step, carry, data = started(name, fields)
    cost = jax.jit(step).lower(carry, data).compile().cost_analysis()
    assert cost

    @jax.jit
    def many(carry: Any, data: Any) -> Any:
        return jax.lax.scan(lambda carry, _: step(carry, data), carry, length=steps)

    program = jax.make_jaxpr(step)(carry, data).jaxpr
    return {
        "net": " ".join([name, *fields.values()]),
        "flops": cost["flops"],
        "bytes": cost["bytes accessed"],
        "ms_of_products": 1e3 * products_alone(program, copies=min(steps, 20)),
        "ms_of_step": 1e3 * best(many, carry, data) / steps,
    }


def products(jaxpr: Any) -> list[Any]:
    """Every matrix product of a program, also of the programs inside it."""
    found = [equation for equation in jaxpr.eqns if equation.primitive is lax.dot_general_p]
    for equation in jaxpr.eqns:
        for inner in jax.tree.leaves(list(equation.params.values())):
            inner = getattr(inner, "jaxpr", inner)  # of a closed one
            found += products(inner) if hasattr(inner, "eqns") else []
    return found


def products_alone(jaxpr: Any, copies: int) -> float:
    """Seconds of the products of a program, in a call that does nothing else, on copies of each."""
    found = products(jaxpr) * copies
    keys = jax.random.split(jax.random.key(0), len(found))
    operands = [
        [jax.random.normal(key, x.aval.shape, x.aval.dtype) for x in each.invars]
        for key, each in zip(keys, found, strict=True)
    ]

    def run(operands: Any) -> Any:
        return [
            lax.dot_general(a, b, each.params["dimension_numbers"], each.params["precision"])
            for (a, b), each in zip(operands, found, strict=True)
        ]

    return best(jax.jit(run), operands) / copies


def main() -> None:
    """Measure the machine, count the steps, write the result."""
    rates = machine()
    nets = [step_cost(*case) for case in CASES]
    for net in nets:
        net["ms_by_flops"] = 1e3 * net["flops"] / rates["flops_per_s"]
        net["ms_by_bytes"] = 1e3 * net["bytes"] / rates["bytes_per_s"]
        print(
            f"{net['net']:14} {net['flops'] / 1e6:7.1f} MFLOP {net['ms_by_flops']:6.3f} ms   "
            f"{net['bytes'] / 1e6:6.1f} MB {net['ms_by_bytes']:6.3f} ms   "
            f"products {net['ms_of_products']:6.3f} ms, step {net['ms_of_step']:6.3f} ms"
        )
    document = {"machine": rates, "nets": nets, "environment": environment()}
    RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
