"""The commands of ``trieroute``: each is a module, or two that read the same file share one."""
