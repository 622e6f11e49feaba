"""The commands of ``trieroute``: a module each, or one for two that read the same."""
