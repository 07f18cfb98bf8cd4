"""The site: `make site` assembles its sources under build/site-source and has Sphinx build them.

English and Chinese are two builds of the same names, so that a page's other language is found by
its name alone. Nothing that is on the site is written twice: the chapters, the guides and the
changelog are the repository's own files, the tables are made of benchmarks/results, the API pages
of docstrings, the commands' page of their help.
"""
