"""PyTorch's calls looked for in the JAX program, and made otherwise where it has others."""
