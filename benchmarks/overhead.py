"""What a training step costs besides its arithmetic, from 1 to 300 layers.

`python -m benchmarks.overhead` writes `benchmarks/results/overhead.json`; with numbers of layers it
measures these alone, and `--json` names another file. The net is so narrow that a layer computes
next to nothing: x + tanh(x K + b), 16 wide, 8 examples, the mean squared error, plain gradient
descent at a rate that falls with the depth, or deep nets would blow rounding up. All ways begin
with the same weights, take 20 steps a call, and their losses must agree before they are timed. They
take turns, each in a process of its own.

    torch eager                 forward, backward and optimizer, operation by operation
    torch compile               torch.compile of the loss; the optimizer as it is
    torch CUDA graph            the whole step, recorded once (where there is a GPU)
    jax jit                     a pytree and a jitted step
    jax scan over layers        the same, the layers' parameters stacked and scanned over
    jax scan over steps         the same as jax jit, the 20 steps in one call
    jax nnx.jit                 an NNX module and optimizer, given to nnx.jit
    jax nnx.cached_partial      the same, with both bound beforehand
    jax nnx split and merge     the same in jax.jit, split outside and merged inside
    jax Linen                   a Linen module, a TrainState and jax.jit
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from jaxdl._environment import usable_cores
from jaxdl._files import replacing
from jaxdl.bench import functions, runner
from jaxdl.bench.report import duration, spread
from jaxdl.bench.result import Result
from jaxdl.course.document import environment

RESULT = Path(__file__).parent / "results" / "overhead.json"
LAYERS = (1, 3, 10, 30, 100, 300)
WIDTH, EXAMPLES, STEPS, RATE = 16, 8, 20, 0.1
Run = Callable[[Any, Any], Any]
"""(x, y), each (EXAMPLES, WIDTH) -> the losses of STEPS further steps."""


def kernels(layers: int) -> np.ndarray:
    """(layers, WIDTH, WIDTH), of a net whose output stays near its input; biases begin at 0."""
    random = np.random.default_rng(0)
    return random.normal(size=(layers, WIDTH, WIDTH), scale=WIDTH**-0.5 / layers).astype("float32")


def inputs() -> tuple[np.ndarray, np.ndarray]:
    """x and y."""
    random = np.random.default_rng(1)
    return random.normal(size=(EXAMPLES, WIDTH)), random.normal(size=(EXAMPLES, WIDTH))


def torch_net(layers: int) -> tuple[Any, Any, Any]:
    """The model, its loss (x, y) -> a scalar, its optimizer."""
    import torch

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.ModuleList(torch.nn.Linear(WIDTH, WIDTH) for _ in range(layers))

        def forward(self, x: Any) -> Any:
            for layer in self.layers:
                x = x + torch.tanh(layer(x))
            return x

    model: Any = Net()
    with torch.no_grad():
        for layer, kernel in zip(model.layers, kernels(layers), strict=True):
            layer.weight.copy_(torch.from_numpy(kernel.T.copy()))
            layer.bias.zero_()
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    optimizer = torch.optim.SGD(model.parameters(), RATE / layers)
    return model, lambda x, y: torch.nn.functional.mse_loss(model(x), y), optimizer


def torch_eager(layers: int, compiled: bool = False) -> Run:
    """PyTorch's step, with `torch.compile` of the loss or without."""
    import torch

    _, loss, optimizer = torch_net(layers)
    if compiled:
        loss = torch.compile(loss, dynamic=False)

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        l = loss(x, y)
        l.backward()
        optimizer.step()
        return l.detach()

    return lambda x, y: [step(x, y) for _ in range(STEPS)]


def torch_cuda_graph(layers: int) -> Run:
    """PyTorch's whole step as a CUDA graph: recorded once, then played."""
    import torch

    model, loss, optimizer = torch_net(layers)
    x, y = (torch.from_numpy(array.astype("float32")).cuda() for array in inputs())
    first = [parameter.detach().clone() for parameter in model.parameters()]

    def step() -> Any:
        optimizer.zero_grad(set_to_none=True)
        l = loss(x, y)
        l.backward()
        optimizer.step()
        return l.detach()

    beside = torch.cuda.Stream()
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):  # before it is recorded it has to run, as PyTorch's guide says
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(beside)
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), first, strict=True):
            parameter.copy_(value)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        l = step()

    def play(given: Any, wanted: Any) -> Any:
        graph.replay()
        return l.clone()

    return lambda given, wanted: [play(given, wanted) for _ in range(STEPS)]


def jax_net(layers: int, scanned: bool = False) -> tuple[Any, Any]:
    """Parameters, and a step (state, x, y) -> state, loss; the state is (params, opt_state)."""
    import jax
    import jax.numpy as jnp
    import optax

    params: Any = {"kernel": kernels(layers), "bias": np.zeros((layers, WIDTH), np.float32)}
    if not scanned:
        params = [{name: leaf[i] for name, leaf in params.items()} for i in range(layers)]
    params = jax.tree.map(jnp.array, params)
    optimizer = optax.sgd(RATE / layers)

    def layer(x: Any, p: Any) -> Any:
        return x + jnp.tanh(x @ p["kernel"] + p["bias"][None])

    def loss(params: Any, x: Any, y: Any) -> Any:
        if scanned:
            x, _ = jax.lax.scan(lambda x, p: (layer(x, p), None), x, params)
        else:
            for p in params:
                x = layer(x, p)
        return jnp.mean((x - y) ** 2)

    def step(state: Any, x: Any, y: Any) -> Any:
        params, opt_state = state
        l, gradient = jax.value_and_grad(loss)(params, x, y)
        updates, opt_state = optimizer.update(gradient, opt_state)
        return (optax.apply_updates(params, updates), opt_state), l

    return (params, optimizer.init(params)), step


def kept(state: Any, step: Any) -> Run:
    """A call is STEPS steps, each a call of a compiled one; the state goes on."""
    now = [state]

    def run(x: Any, y: Any) -> Any:
        losses = []
        for _ in range(STEPS):
            now[0], l = step(now[0], x, y)
            losses.append(l)
        return losses

    return run


def jax_jit(layers: int, scanned: bool = False) -> Run:
    """A pytree and a jitted step, the layers one after the other or scanned over."""
    import jax

    state, step = jax_net(layers, scanned)
    return kept(state, jax.jit(step, donate_argnums=0))


def jax_scan(layers: int) -> Run:
    """STEPS steps in a compiled call."""
    import jax

    state, step = jax_net(layers)

    def steps(state: Any, x: Any, y: Any) -> Any:
        state, losses = jax.lax.scan(lambda s, _: step(s, x, y), state, None, length=STEPS)
        return state, [losses[i] for i in range(STEPS)]

    jitted, now = jax.jit(steps, donate_argnums=0), [state]

    def run(x: Any, y: Any) -> Any:
        now[0], losses = jitted(now[0], x, y)
        return losses

    return run


def nnx_net(layers: int) -> tuple[Any, Any, Any]:
    """A module, its optimizer, and a step (module, optimizer, x, y) -> loss that changes both."""
    import jax.numpy as jnp
    import optax
    from flax import nnx

    class Net(nnx.Module):
        def __init__(self, rngs: Any) -> None:
            self.layers = nnx.List([nnx.Linear(WIDTH, WIDTH, rngs=rngs) for _ in range(layers)])

        def __call__(self, x: Any) -> Any:
            for layer in self.layers:
                x = x + jnp.tanh(layer(x))
            return x

    model = Net(nnx.Rngs(0))
    for layer, kernel in zip(model.layers, kernels(layers), strict=True):
        layer.kernel[...] = jnp.array(kernel)

    def loss(model: Any, x: Any, y: Any) -> Any:
        return jnp.mean((model(x) - y) ** 2)

    def step(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
        l, gradient = nnx.value_and_grad(loss)(model, x, y)
        optimizer.update(model, gradient)
        return l

    return model, nnx.Optimizer(model, optax.sgd(RATE / layers), wrt=nnx.Param), step


def nnx_jit(layers: int, bound: bool = False) -> Run:
    """The step in `nnx.jit`, which takes the module and the optimizer apart at each call."""
    from flax import nnx

    model, optimizer, step = nnx_net(layers)
    jitted: Any = nnx.jit(step)
    if bound:
        jitted = nnx.cached_partial(jitted, model, optimizer)
    else:
        jitted = partial(jitted, model, optimizer)
    return lambda x, y: [jitted(x, y) for _ in range(STEPS)]


def nnx_split(layers: int) -> Run:
    """The step in `jax.jit`: module and optimizer are split before, and merged inside."""
    import jax
    from flax import nnx

    model, optimizer, step = nnx_net(layers)
    graphdef, state = nnx.split((model, optimizer))

    def pure(state: Any, x: Any, y: Any) -> Any:
        model, optimizer = nnx.merge(graphdef, state)
        l = step(model, optimizer, x, y)
        return nnx.state((model, optimizer)), l

    return kept(state, jax.jit(pure, donate_argnums=0))


def linen(layers: int) -> Run:
    """A Linen module with a TrainState."""
    import jax
    import jax.numpy as jnp
    import optax
    from flax import linen as nn
    from flax.training.train_state import TrainState

    class Net(nn.Module):
        @nn.compact
        def __call__(self, x: Any) -> Any:
            for _ in range(layers):
                x = x + jnp.tanh(nn.Dense(WIDTH)(x))
            return x

    net, bias = Net(), np.zeros(WIDTH, np.float32)
    params = {
        f"Dense_{i}": {"kernel": jnp.array(kernel), "bias": jnp.array(bias)}
        for i, kernel in enumerate(kernels(layers))
    }

    def step(state: Any, x: Any, y: Any) -> Any:
        def loss(params: Any) -> Any:
            return jnp.mean((state.apply_fn({"params": params}, x) - y) ** 2)

        l, gradient = jax.value_and_grad(loss)(state.params)
        return state.apply_gradients(grads=gradient), l

    state = TrainState.create(apply_fn=net.apply, params=params, tx=optax.sgd(RATE / layers))
    return kept(state, jax.jit(step, donate_argnums=0))


WAYS: dict[str, Callable[[int], Run]] = {
    "torch eager": torch_eager,
    "torch compile": partial(torch_eager, compiled=True),
    "torch CUDA graph": torch_cuda_graph,
    "jax jit": jax_jit,
    "jax scan over layers": partial(jax_jit, scanned=True),
    "jax scan over steps": jax_scan,
    "jax nnx.jit": nnx_jit,
    "jax nnx.cached_partial": partial(nnx_jit, bound=True),
    "jax nnx split and merge": nnx_split,
    "jax Linen": linen,
}


def measured(layers: int, blocks: int) -> dict[str, Any]:
    """All ways at one depth; "step_s" is a call's seconds over its steps."""
    import torch

    ways = {name: way for name, way in WAYS.items() if name != "torch CUDA graph"}
    if torch.cuda.is_available():
        ways = WAYS
    loads = {name: partial(way, layers) for name, way in ways.items()}
    setting = runner.Setting("float32", len(usable_cores()), blocks)
    as_written = ("torch-eager", "jax-eager")
    title = f"{layers} layers"
    found = functions.measure(
        title, loads, inputs(), (), as_written, setting, tell=tell, goes_on=True
    )
    told = depth(layers, found)
    for row in told["records"]:
        words = f"{duration(row['compile_s'])} to compile, {spread(row['step_s'])} a step"
        print(f"{layers:4} {row['function']:24} {words}", flush=True)
    return told


def depth(layers: int, found: Result) -> dict[str, Any]:
    """One depth as the document has it: what was measured, and "step_s" in each record."""
    for row in found.rows:
        row["step_s"] = {key: row["call_s"][key] / STEPS for key in ("median", "q1", "q3")}
    return {"layers": layers, **found.document}


def begun(layers: Sequence[int], blocks: int) -> dict[str, Any]:
    """The document before the first depth."""
    words = ["python -m benchmarks.overhead", *map(str, layers), "--blocks", str(blocks)]
    return {
        "command": " ".join(words),
        "width": WIDTH,
        "examples": EXAMPLES,
        "steps_a_call": STEPS,
        "environment": environment(),
        "depths": [],
    }


def tell(line: str, keep: bool = False) -> None:
    """Say what goes on."""
    if "block" not in line:
        print(line, flush=True)


def main() -> None:
    """Measure, and write the result after each depth."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overhead")
    parser.add_argument("layers", type=int, nargs="*", default=LAYERS)
    parser.add_argument("--blocks", type=int, default=runner.BLOCKS)
    parser.add_argument("--json", type=Path, default=RESULT)
    asked = parser.parse_args()
    document = begun(asked.layers, asked.blocks)
    for layers in asked.layers:
        document["depths"].append(measured(layers, asked.blocks))
        with replacing(asked.json) as part:
            part.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    from benchmarks import overhead  # under a name by which the arms' processes find it

    overhead.main()
