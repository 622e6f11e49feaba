"""The application that a command is given, and how a command fails.

Each command exits with status 2 when the application can't be loaded, with one line and a hint, or
with the error that the application itself raises, by its own frames.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import click

from .._inspection.application import application_frames, context_of
from ..inspection import TargetError, load_application
from .output import OutputError, write_error

__all__ = ["application", "json_option", "method_argument", "target_argument"]

#: What HTTP takes as a method.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _checked_method(context: click.Context, parameter: click.Parameter, method: str) -> str:
    if _TOKEN.fullmatch(method) is None:
        raise click.BadParameter(f"{method!r} is no HTTP method; give one such as GET")
    return method


method_argument = click.argument("method", callback=_checked_method)
target_argument = click.argument("target", metavar="APP")
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@contextmanager
def application(target: str) -> Generator[Any, None, None]:
    """Load an application, and give it inside its context.

    :param target: ``module:name`` or ``module:factory()``.
    :raise SystemExit: with status 2, if it or what is done with it raises; that has been reported.
    """
    try:
        loaded = load_application(target)
        with context_of(loaded):
            yield loaded
    except TargetError as error:
        write_error(f"Error: {error}")
    except (click.ClickException, click.exceptions.Exit, OutputError):
        raise
    except (Exception, SystemExit) as error:
        # An exception of the application must not end with the exit status of a finding.
        shown = traceback.format_exception(application_frames(error))
        write_error(f"{''.join(shown)}Error: {target} raised the above")
    else:
        return
    sys.exit(2)
