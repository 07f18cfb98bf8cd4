"""What each of several processes does, PyTorch's way: the model is wrapped, and goes on as before.

Started by `launch`, or on any machine by PyTorch's own `torchrun`.
"""

import json
import sys

import torch
import torch.distributed as dist
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel

from jaxdl.train import processes
from lessons.l20_many_devices import Config
from lessons.l20_many_devices.imperative import Model, adamw, examples, loss
from lessons.l20_many_devices.processes import order_of


def ddp(model):
    """Every process has all numbers; the gradients' mean is taken while they come about."""
    return DistributedDataParallel(model)


def fsdp(model):
    """Every process has its piece of each tensor; a block is gathered when it is needed."""
    for block in model.blocks:
        fully_shard(block)
    return fully_shard(model)


def learn(wrapping, steps, config=None):
    """The losses, and the bytes of the parameters that this process holds."""
    config = Config(**config or {})
    torch.manual_seed(config.seed)
    model = WRAPPINGS[wrapping](Model(config).double())
    optimizer = adamw(config, model)
    data = examples(config)
    order = torch.from_numpy(order_of(len(data[0]), config, steps))
    losses = []
    for number, picked in enumerate(order):
        processes.say(program=wrapping, step=number)
        own = picked.chunk(dist.get_world_size())[dist.get_rank()]
        optimizer.zero_grad()
        value = loss(model, tuple(column[own] for column in data))  # the mean of its share
        value.backward()
        optimizer.step()
        value = value.detach() / dist.get_world_size()
        dist.all_reduce(value)
        losses.append(value.item())
    held = [getattr(tensor, "to_local", lambda t=tensor: t)() for tensor in model.parameters()]
    return {"losses": losses, "held": sum(t.numel() * t.element_size() for t in held)}


WRAPPINGS = {"ddp": ddp, "fsdp": fsdp}
TASKS = {"learn": learn}

if __name__ == "__main__":
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    processes.give(TASKS[sys.argv[1]](**json.loads(sys.argv[2])))
    dist.destroy_process_group()
