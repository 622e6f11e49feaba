"""The shared library that all compiled modules of the core are linked into.

Python finds a module of a shared library by the name of the file. This is the module that the file
is named after; ``_library.py`` tells Python that the others are in the same file.
"""
