"""`attune ask`: one prompt to every variant, whose words are printed as they come."""

from __future__ import annotations

import dataclasses
import sys
from typing import Annotated, Any

import typer

from jobs import Ask, Completion, InputError, OptionInfo, Workspace, sampling_options
from studio.cli import show
from studio.cli.answer import VariantsArgument
from studio.cli.options import HomeOption, JsonOption, open_workspace, settle, wants_json
from studio.cli.wait import UNDER_WAY
from studio.parts.asked import of_practice

POLL = 0.05  # seconds


def _help(name: str) -> str:
    """What an option says on the page, with its bounds."""
    found: OptionInfo = next(one for one in sampling_options() if one.name == name)
    return f"{found.help} {found.bounds.capitalize()}."


def register(root: typer.Typer) -> None:
    """Hang the command at the top level."""
    root.command()(ask)


def ask(
    context: typer.Context,
    variants: VariantsArgument,
    prompt: Annotated[str, typer.Option(help="What to ask; - reads it from standard input.")],
    temperature: Annotated[str, typer.Option(help=_help("temperature"))] = "0",
    top_p: Annotated[str, typer.Option(help=_help("top_p"))] = "1",
    seed: Annotated[str, typer.Option(help=_help("seed"))] = "0",
    length: Annotated[str, typer.Option(help=_help("length"))] = "200",
    data: Annotated[
        str | None, typer.Option(help="Where base+3 takes its examples from, if not from a run's.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="The base model, where no run says it; else the starter.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Put one prompt to every variant; Ctrl-C stops the answers."""
    settle(context, home, json)
    prompt = _from_input() if prompt == "-" else prompt
    workspace = open_workspace(context)
    how = {"temperature": temperature, "top_p": top_p, "seed": seed, "length": length}
    ask_id = workspace.ask(variants, prompt, model=model, data=data, **how)
    quiet = wants_json(context)
    try:
        asked = _followed(workspace, ask_id, quiet)
    except KeyboardInterrupt:
        asked = _ended(workspace, workspace.stop_ask(ask_id))
        if quiet:
            show.document(_told(asked))
        show.err().print("\nStopped. What was written stays.", markup=False)
        raise typer.Exit(130) from None
    if quiet:
        show.document(_told(asked))
    elif words := of_practice(asked):
        show.err().print(words, markup=False)
    _refusals(asked)


def _from_input() -> str:
    """The prompt as standard input has it, without the end of its last line."""
    try:
        prompt = "" if sys.stdin is None else sys.stdin.read()
    except UnicodeDecodeError as error:
        raise InputError(
            "What came on standard input is no UTF-8 text.", "Save the prompt as UTF-8 text."
        ) from error
    if not prompt.strip():
        raise InputError(
            "The prompt is empty: nothing came on standard input.",
            "Pipe the prompt in, or write it after --prompt.",
        )
    return prompt.removesuffix("\n")


class Teller:
    """Prints answers one after another, the one at hand word by word."""

    def __init__(self) -> None:
        self._place = 0
        self._printed = ""
        self._begun = False

    def tell(self, asked: Ask) -> None:
        """Print what is new; an answer begins when the one before it is whole."""
        while self._place < len(asked.variants):
            variant = asked.variants[self._place]
            whole = asked.answers.get(variant)
            so_far = whole or asked.written.get(variant)
            if so_far is not None and (so_far.text or whole):
                self._print(variant, so_far.text)
            over = whole is not None or variant in asked.errors or asked.state not in UNDER_WAY
            if not over:
                return
            if self._begun:
                print(flush=True)
            if variant in asked.notes:
                show.err().print(f"{variant}: {asked.notes[variant]}", markup=False)
            self._place, self._printed, self._begun = self._place + 1, "", False

    def _print(self, variant: str, text: str) -> None:
        if not self._begun:
            print(f"{variant}: ", end="")
            self._begun = True
        if not text.startswith(self._printed):  # what was told is worded anew: say all of it
            print(f"\n{variant}: ", end="")
            self._printed = ""
        print(text[len(self._printed) :], end="", flush=True)
        self._printed = text


def _followed(workspace: Workspace, ask_id: int, quiet: bool) -> Ask:
    """The question when it has ended; its answers are printed on the way, unless `quiet`."""
    teller, said = Teller(), ""
    asked = workspace.answers(ask_id)
    for asked in workspace.follow(ask_id, POLL):
        words = _waiting(workspace, asked)
        if words and words != said and not any(c.text for c in asked.written.values()):
            show.err().print(words, markup=False, soft_wrap=True)
            said = words
        if not quiet:
            teller.tell(asked)
    return asked


def _ended(workspace: Workspace, asked: Ask) -> Ask:
    """As it stands when its process has let go of it, which takes seconds at most."""
    for now in workspace.follow(asked.id, POLL):
        asked = now
    return asked


def _waiting(workspace: Workspace, asked: Ask) -> str:
    """What it waits for now; nothing while words come."""
    if asked.state == "queued" and workspace.queue_paused():
        return "It waits: the queue is paused; “attune queue continue” lets it go on."
    if asked.state == "queued" and asked.behind is not None:
        others = f" and {asked.ahead - 1} more" if asked.ahead > 1 else ""
        return f"It waits in the queue behind job {asked.behind.id} ({asked.behind.kind}){others}."
    if asked.state == "running" and asked.phase.startswith(("Loading", "Fetching")):
        return f"{asked.phase}…"
    return ""


def _refusals(asked: Ask) -> None:
    """Say on standard error what could not be answered, and exit 1."""
    for variant, refused in asked.errors.items():
        show.err().print(f"{variant}: {refused['what']} {refused['cure']}", markup=False)
    if asked.state != "done":
        error = asked.error or {"what": f"The question is {asked.state}.", "cure": "Ask again."}
        show.err().print(f"{error['what']} {error['cure']}", markup=False)
    if asked.errors or asked.state != "done":
        raise typer.Exit(1)


def _told(asked: Ask) -> dict[str, Any]:
    def plain(said: dict[str, Completion]) -> dict[str, Any]:
        return {variant: dataclasses.asdict(one) for variant, one in said.items()}

    return {
        "ask": asked.id,
        "state": asked.state,
        "prompt": asked.prompt,
        "settings": dict(asked.settings),
        "answers": plain(dict(asked.answers)),
        "unfinished": plain(dict(asked.written)),
        "notes": dict(asked.notes),
        "errors": dict(asked.errors),
    }
