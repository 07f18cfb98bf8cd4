"""An optimizer's steps: their direction, their length, and what makes them others."""
