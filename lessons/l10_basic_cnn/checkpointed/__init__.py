"""This lesson's two programs with checkpoints, for the lecture's net."""
