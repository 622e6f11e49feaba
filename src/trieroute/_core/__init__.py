"""Everything that runs per request, compiled. Nothing here imports the package around it."""
