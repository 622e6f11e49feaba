"""Test suites of other projects, on trieroute and without: ``python -m tests.upstream NAME``.

Each suite is taken from its project's sdist, into a directory that is removed afterwards. Nothing
of it enters this repository. :mod:`suites` lists them: Flask's and those of its extensions run on
what ``trieroute.patch`` puts in place, and Werkzeug's on that and on trieroute's own names.
"""
