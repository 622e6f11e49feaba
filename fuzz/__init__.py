"""Coverage-guided fuzzing of trieroute with atheris: ``python -m fuzz NAME``."""
