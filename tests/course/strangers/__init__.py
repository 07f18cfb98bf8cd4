"""A course of somebody else's: one lesson, in a package of its own."""
