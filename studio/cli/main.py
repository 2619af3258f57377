"""The `attune` command: the studio by default, and a command for each verb."""

from __future__ import annotations

import json
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from jobs import AttuneError, DataError
from studio.address import Address
from studio.cli import (
    answer,
    ask,
    data,
    demo,
    forget,
    machine,
    password,
    queue,
    rows,
    runs,
    votes,
)
from studio.cli.misuse import misuse
from studio.cli.options import HomeOption, JsonOption, address_to, open_workspace, settle

CLOSED_PIPE = 141  # 128 and SIGPIPE: how a shell tells that cat or grep ended at “| head -1”

app = typer.Typer(
    name="attune",
    help="Fine-tune a language model in your browser, and know whether it helped.",
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rows.register(data.app)
app.add_typer(data.app, name="data")
app.add_typer(runs.app, name="runs")
app.add_typer(queue.app, name="queue")
runs.register(app)
answer.register(app)
ask.register(app)
votes.register(app)
forget.register(app)
machine.register(app)
demo.register(app)
password.register(app)

HostOption = Annotated[
    str, typer.Option(help="Address to listen on; any but 127.0.0.1 needs a password.")
]
PortOption = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]
BrowserOption = Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")]


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    home: HomeOption = None,
    json: JsonOption = False,
    host: HostOption = "127.0.0.1",
    port: PortOption = 7860,
    no_browser: BrowserOption = False,
) -> None:
    """Open the studio, or run one of the commands below."""
    settle(context, home, json)
    if context.invoked_subcommand is None:
        open_studio(context, Address(host, port), no_browser)


@app.command()
def ui(
    context: typer.Context,
    host: HostOption = "127.0.0.1",
    port: PortOption = 7860,
    no_browser: BrowserOption = False,
    name: Annotated[
        list[str] | None,
        typer.Option(help="Another name the studio is reached by, such as a proxy's; repeatable."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="PEM file of a certificate: serve by HTTPS.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="PEM file of the certificate's key.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Open the studio in the browser."""
    settle(context, home, json)
    open_studio(context, Address(host, port, tuple(name or ()), certificate, key), no_browser)


def open_studio(context: typer.Context, address: Address, no_browser: bool) -> None:
    """Serve the pages until Ctrl-C; jobs go on without them."""
    from studio.server import serve

    password.from_environment(context)
    workspace, say = open_workspace(context), address_to(context)
    serve(workspace, address, open_browser=not no_browser, say=say)


def main() -> None:
    """The process's edge: errors become one sentence and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may not know all of these signs
            stream.reconfigure(errors="backslashreplace")
    try:
        status = app(prog_name="attune", standalone_mode=False)
        print(end="", flush=True)  # here, where a closed pipe is caught
    except AttuneError as error:
        status = fail(error.what, error.cure, kind=error.kind, told=told(error))
    except typer.TyperException as error:
        wrong = misuse(error)
        status = fail(wrong.what, wrong.cure, told=wrong.told)
    except OverflowError:  # a number that the database has no room for
        status = fail("A number in this command is too large.", "Give one that Attune has shown.")
    except BrokenPipeError:
        status = closed_pipe()
    except SystemExit as ended:  # rich and typer make 1 of a closed pipe
        if not isinstance(ended.__context__, BrokenPipeError):
            raise
        status = closed_pipe()
    except OSError as error:  # a folder that may not be written to, a disk that is full
        place = f" ({error.filename})" if error.filename else ""
        what = f"The disk said: {error.strerror or error}{place}."
        status = fail(what, "Free some room, or choose another folder with --home.")
    except (typer.Abort, KeyboardInterrupt):
        status = 130
    sys.exit(status if isinstance(status, int) else 0)


def closed_pipe() -> int:
    """End quietly where the reader has heard enough; what is still to be written goes nowhere.

    Not by letting SIGPIPE kill the process, as C programs do: a browser that hangs up would end
    the studio.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # else Python complains when it empties its buffers at the end
    return CLOSED_PIPE


def told(error: AttuneError) -> str:
    """The sentences of an error; below them the line that it speaks of, with the place marked."""
    found = error.excerpt if isinstance(error, DataError) else None
    if found is None:
        return str(error)
    line = f"  {found.before}{found.marked}{found.after}"
    # Elsewhere nobody knows how wide a character stands.
    narrow = found.before.removeprefix("…").isascii()
    arrow = f"\n  {' ' * len(found.before)}^" if found.marked and narrow else ""
    return f"{error}\n{line}{arrow}"


def fail(what: str, cure: str, *, kind: str = "input", told: str = "") -> int:
    """Say what is wrong on standard error, as `told` where there is more to it; to a program as a
    document, with the parts apart."""
    document = {"error": {"kind": kind, "what": what, "cure": cure}}
    as_text = told or f"{what} {cure}"
    print(json.dumps(document) if "--json" in sys.argv[1:] else as_text, file=sys.stderr)
    return 2
