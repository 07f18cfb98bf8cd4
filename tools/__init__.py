"""What only developers run, from the project's folder; no part of the installed package.

- `python -m tools.pages`: runs the blocks of the pages, and writes what they print.
- `python -m tools.surnames`: makes the embedded set of surnames from Faker's lists.
"""
