"""Entry point of the command ``trieroute`` and of ``python -m trieroute``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line.

    ``trieroute run`` works without click. Any other command says without it how to install it,
    and exits with status 1.
    """
    if sys.argv[1:2] == ["run"]:
        from ._dropin.run import run

        run(sys.argv[2:])
        return
    try:
        from ._commands.cli import cli
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit('The command trieroute needs click: pip install "trieroute[cli]"')
    if sys.stdout is None:
        sys.exit("Error: standard output is closed")
    try:
        cli(prog_name="trieroute")
    except OSError as error:
        # What an application raises has been told; this is what it was written to.
        sys.stderr.write(f"Error: the output can't be written: {error.strerror or error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
