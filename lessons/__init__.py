"""The course: one folder a lesson. Lessons never import each other."""
