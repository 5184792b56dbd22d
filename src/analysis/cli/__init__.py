"""The command `concord`: thin; every command calls the library and prints what it says."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .. import __version__
from ..errors import ConcordError
from . import agreement, batch, begin, bundle, data, differences, exchange, frozen, run, verify

__all__ = ["app", "main"]

INTERRUPTED = 130

app = typer.Typer(
    name="concord",
    help="From coded interview segments to agreement, themes, a report, and a verdict on every number.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
begin.register(app)
data.register(app)
exchange.register(app)
run.register(app)
batch.register(app)
verify.register(app)
agreement.register(app)
differences.register(app)
frozen.register(app)
bundle.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"concord {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    root: Annotated[str | None, typer.Option(help="Folder that holds data/ and reports/.")] = None,
    debug: Annotated[bool, typer.Option(help="Show the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """Options of every command."""
    context.obj = {"root": root, "debug": debug}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status: 0 done, 1 a claim or notebook failed, 2 bad input."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        status = typer.main.get_command(app).main(given, prog_name="concord", standalone_mode=False)
    except ConcordError as error:
        if "--debug" in given:
            raise
        print(error, file=sys.stderr)
        return error.exit_status
    except typer.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:
        usage = getattr(error, "format_message", None)
        if usage is None or "--debug" in given:
            raise
        print(f"{usage()}\nSee `concord --help`.", file=sys.stderr)
        return 2
    if status == INTERRUPTED:  # what typer makes of Ctrl-C
        return _interrupted()
    return status if isinstance(status, int) else 0


def _interrupted() -> int:
    print("Stopped. Nothing is half written; the same command goes on from here.", file=sys.stderr)
    return INTERRUPTED
