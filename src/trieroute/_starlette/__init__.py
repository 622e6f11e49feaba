"""What :func:`trieroute.starlette.speedup` is made of; programs import from there."""
