"""This lesson's two programs with a checkpoint."""
