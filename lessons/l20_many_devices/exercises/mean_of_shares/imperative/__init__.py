"""The same for PyTorch."""
