"""This lesson's two programs with checkpoints."""
