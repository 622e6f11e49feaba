"""The version of trieroute, which the build reads here."""

__version__ = "0.1.0.dev0"
