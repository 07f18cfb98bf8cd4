"""Which of PyTorch's modules are carried over, held to PyTorch's own database of them."""
