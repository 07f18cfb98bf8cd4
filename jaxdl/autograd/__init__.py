"""What two ways to a gradient do: the tape, PyTorch's graph and JAX's programs, side by side."""

from jaxdl.autograd.graph import Edge, Graph, Node, Place, Saved

__all__ = ["Edge", "Graph", "Node", "Place", "Saved"]
