"""The chapters as notebooks: `make notebooks` writes build/notebooks, `make notebooks-check` runs them.

Nothing of them is in git: a notebook is made of its chapter, and its outputs by running it. The
workflow publishes those that ran to the branch `notebooks`, which is where the badges lead.
"""
