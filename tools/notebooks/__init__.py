"""The chapters as notebooks: `make notebooks` writes them, `make notebooks-check` runs them.

They lie in build/notebooks and build/notebooks-run; git has none of them. A notebook is made of its
chapter, and its outputs by running it. The workflow publishes those that ran to the branch
`notebooks`, which is where the badges lead.
"""
