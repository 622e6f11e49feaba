"""Test suites of other projects, on trieroute and without: ``python -m tests.upstream NAME``.

Each suite is taken from its project's sdist, into a directory that is removed afterwards. Nothing
of it enters this repository.
"""
