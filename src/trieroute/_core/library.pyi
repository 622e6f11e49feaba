"""The shared library that all compiled modules of the core are linked into."""
