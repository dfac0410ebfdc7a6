"""The one entry point: `python -m bot COMMAND`."""

from __future__ import annotations

import json
import logging
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer

from bot.settings import DEV_QUESTIONS, settings
from bot.texts import say
from conversations.messages import Channel

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Answer as of this day.")]


@app.callback()
def main(verbose: bool = False) -> None:
    """Trợ lý hành chính công Kiên Giang (An Giang)."""
    level = logging.DEBUG if verbose else logging.WARNING
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=level)


@app.command()
def run() -> None:
    """Start the Rasa server and the app; Ctrl-C stops both."""
    from bot import launch
    from bot.rasa_server import RasaError

    try:
        launch.run(settings())
    except (launch.PortTaken, RasaError) as error:
        _fail(str(error))


@app.command()
def chat() -> None:
    """Talk with the assistant in the terminal, through the running app."""
    from bot.chat import ChatFailed, talk

    try:
        talk(settings())
    except ChatFailed as error:
        _fail(str(error))


@app.command()
def ask(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    as_of: AsOf = None,
    channel: Channel = Channel.TERMINAL,
) -> None:
    """Answer the questions on standard input, one a line; a tab in front continues the one before."""
    from bot.ask import run_lines

    for asked in run_lines(settings(), sys.stdin, channel, _day(as_of)):
        answered = asked.as_dict()
        print(json.dumps(answered, ensure_ascii=False) if as_json else answered["answer"] + "\n", flush=True)


@app.command()
def train(force: bool = False) -> None:
    """Train the Rasa model if it is not current."""
    from bot import training
    from bot.assistant import library_of
    from bot.knowledge import bring_over
    from bot.rasa_server import RasaError
    from conversations.database import Database
    from knowledge_base.places import Places

    db = Database(settings().database)
    db.migrate()
    bring_over(db, settings())
    db.close()
    try:
        print(training.train(settings(), library_of(settings()), Places(), force=force))
    except RasaError as error:
        _fail(str(error))


@app.command()
def index(force: bool = False) -> None:
    """Build the search index if it is not current."""
    from bot.indexing import open_searcher
    from bot.launch import tell

    open_searcher(settings(), force=force, progress=tell)


@app.command()
def links() -> None:
    """Look at every web address that documents name and list those that lead nowhere."""
    import asyncio
    from datetime import timedelta

    from bot.assistant import library_of
    from bot.knowledge import bring_over
    from bot.web_links import LinkWatch
    from conversations.database import Database
    from knowledge_base.web_links import LinkState

    db = Database(settings().database)
    db.migrate()
    bring_over(db, settings())
    found = asyncio.run(LinkWatch(db, library_of(settings()), timedelta(0)).look())
    bad = [one for one in found if one.state is not LinkState.GOOD]
    for one in sorted(bad, key=lambda one: (one.state, one.url)):
        print(f"{one.state:<12} {one.status or '':<4} {one.url}")
    print(say("links_checked", count=len(found), bad=len(bad)))
    raise typer.Exit(bool(bad))


@app.command(name="eval")
def evaluate(questions: Path = DEV_QUESTIONS, as_of: AsOf = None, out: Path | None = None) -> None:
    """Ask a set of questions with known answers and print how many were answered right."""
    from bot.ask import run_lines
    from bot.evaluation import Case, as_rows, judge, report

    if not questions.exists():
        _fail(say("no_data", path=questions))
    cases = Case.read(questions)
    lines = (line for case in cases for line in case.lines)
    judged = judge(cases, run_lines(settings(), lines, Channel.TERMINAL, _day(as_of)))
    print(report(judged))
    if out:
        rows = as_rows(judged)
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@app.command()
def doctor() -> None:
    """Say what is wrong and what to do about it."""
    from bot.doctor import examine

    findings = list(examine(settings()))
    for finding in findings:
        print(finding)
    raise typer.Exit(any(finding.advice for finding in findings))


@app.command()
def create_officer(
    username: str,
    name: Annotated[str, typer.Option(help="Full name.")],
    role: str = "officer",
    password: Annotated[str | None, typer.Option(help="Asked for when left out.")] = None,
) -> None:
    """Make an account for the console."""
    from conversations import officers
    from conversations.database import Database

    password = password or typer.prompt(say("password_prompt"), hide_input=True, confirmation_prompt=True)
    db = Database(settings().database)
    db.migrate()
    try:
        with db.session() as session:
            officers.create(
                session, username=username, full_name=name, password=password, role=role, actor="system"
            )
    except ValueError as error:
        _fail(str(error))
    print(say("officer_made", username=username))


@app.command()
def seed_units() -> None:
    """Enter the province's communes, wards and special zones as units of the console; safe to repeat."""
    from conversations.database import Database
    from conversations.units import UnitRow, seed
    from knowledge_base.places import Places

    db = Database(settings().database)
    db.migrate()
    with db.session() as session:
        count = seed(session, (UnitRow(unit.code, unit.full_name) for unit in Places().units))
    print(say("units_seeded", count=count))


@app.command()
def export_person(
    channel: Channel, user: Annotated[str, typer.Argument(help="As the channel names them.")]
) -> None:
    """Print all that is kept about a person as JSON, with their linked channels; the audit log notes it."""
    from conversations import privacy
    from conversations.database import Database

    db = Database(settings().database)
    db.migrate()
    with db.session() as session:
        person = privacy.find_person(session, channel, user)
        if person is None:
            _fail(say("no_such_person", channel=channel, user=user))
        print(json.dumps(privacy.export_person(session, person.id), ensure_ascii=False, indent=1))


@app.command()
def demo() -> None:
    """Fill an empty database with two invented weeks, to see the console alive."""
    import secrets

    from bot.assistant import library_of
    from bot.demo import NotEmpty, fill
    from conversations.database import Database

    db = Database(settings().database)
    db.migrate()
    password = secrets.token_urlsafe(12)
    try:
        count = fill(db, library_of(settings()), password)
    except NotEmpty:
        _fail(say("demo_not_empty"))
    print(say("demo_filled", count=count, base=settings().base_url, password=password))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _fail(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
