"""Everything that runs per request, compiled. Nothing here imports the package around it."""

# Nothing else that `import trieroute` imports needs this module. With it, all modules of the
# library are there, so that a program may put back `sys.meta_path`, and lose their finder.
from . import listing as listing
