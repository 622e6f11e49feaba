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
        from .dropin.run import run

        run(sys.argv[2:])
        return
    try:
        from .commands.cli import cli
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit('The command trieroute needs click: pip install "trieroute[cli]"')
    cli(prog_name="trieroute")


if __name__ == "__main__":
    main()
