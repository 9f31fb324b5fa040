"""``kit readiness|problem|theory|impact|inventory|plan``: the planning steps without a notebook.

Each command calls what the forms and notebooks call, so all give the same findings. Nothing that exists is overwritten
without ``--force``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import typer

from kit import paper
from kit.cli.output import say, show, show_table
from kit.findings import Findings, KitError, Place, error
from kit.messages import current_language, has, text
from kit.portfolio import Portfolio
from kit.steps.base import StepModel
from kit.steps.impact import Impact
from kit.steps.inventory import Inventory, suggest, template
from kit.steps.loading import load_file
from kit.steps.plan import REVISIONS, Plan, work_steps
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory

STEPS: dict[str, type[StepModel]] = {"readiness": Readiness, "problem": Problem, "theory": Theory, "impact": Impact}
S = TypeVar("S", bound=StepModel)
_PAPERS = ("us-letter", "us-tabloid", "a4", "a3")


def add(app: typer.Typer) -> None:
    """Add the commands of this room."""
    for name, kind in STEPS.items():
        _add_step(app, name, kind)
    _add_inventory(app)
    _add_plan(app)


# -- options that several commands have -------------------------------------------------------------------------------


def _folder() -> Any:
    return typer.Option(
        Path("portafolio"), "--portfolio", envvar="TALLER_PORTFOLIO", help=text("planning.cli.portfolio")
    )


def _file(key: str) -> Any:
    return typer.Argument(None, help=text(f"planning.cli.{key}"))


def _json() -> Any:
    return typer.Option(False, "--json", help=text("planning.cli.json"))


def _force() -> Any:
    return typer.Option(False, "--force", help=text("planning.cli.force"))


# -- readiness, problem, theory, impact -------------------------------------------------------------------------------


def _add_step(app: typer.Typer, name: str, kind: type[StepModel]) -> None:
    room = typer.Typer(help=text(f"planning.cli.{name}"), no_args_is_help=True)
    app.add_typer(room, name=name)

    @room.command("check", help=text("planning.cli.check"))
    def check(file: Path = _file("step-file"), portfolio: Path = _folder(), as_json: bool = _json()) -> None:
        raise _judged(lambda: _check_step(kind, file, portfolio), as_json)

    @room.command("show", help=text("planning.cli.show"))
    def show_step(file: Path = _file("step-file"), portfolio: Path = _folder()) -> None:
        model, _ = _step(kind, file, portfolio)
        head = [text(f"planning.heading.{part}") for part in ("field", "value")]
        show_table(head, _shown(model, name), str(file or kind.file))

    if kind is Theory:

        @room.command("canvas", help=text("planning.cli.canvas"))
        def canvas(
            out: Path = typer.Argument(help=text("planning.cli.canvas-out")),
            file: Path = typer.Option(None, "--file", help=text("planning.cli.step-file")),
            size: str = typer.Option("a4", "--paper", metavar="|".join(_PAPERS), help=text("planning.cli.paper")),
            portfolio: Path = _folder(),
            force: bool = _force(),
        ) -> None:
            theory, _ = _step(Theory, file, portfolio)
            _write_canvas(theory, out, size, force=force)


def _step(kind: type[S], file: Path | None, folder: Path) -> tuple[S, Portfolio | None]:
    """The step in a file, else in the portfolio."""
    if file is not None:
        return load_file(kind, file), None
    portfolio = Portfolio.open(folder)
    return kind.from_portfolio(portfolio), portfolio


def _check_step(kind: type[StepModel], file: Path | None, folder: Path) -> Findings:
    model, portfolio = _step(kind, file, folder)
    together: Callable[[Portfolio], Findings] | None = getattr(model, "check_in", None)
    return together(portfolio) if together and portfolio else model.check()


def _shown(model: StepModel, room: str) -> Iterator[tuple[str, str]]:
    """Each filled field of a step: its label with positions from 1, and its value in words."""
    for path, value in _leaves(model.to_data()):
        words: list[str] = []
        for end, part in enumerate(path, 1):
            if part.isdigit():
                words[-1] += f" {int(part) + 1}"
            else:
                words.append(model.label(".".join(path[:end])))
        key = f"{room}.{path[-1]}.{value}"
        yield " · ".join(words), text(key) if has(key) else str(value)


def _leaves(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(data, dict):
        for key, item in data.items():
            yield from _leaves(item, (*path, str(key)))
    elif isinstance(data, list):
        for position, item in enumerate(data):
            yield from _leaves(item, (*path, str(position)))
    else:
        yield path, data


def _write_canvas(theory: Theory, out: Path, size: str, *, force: bool) -> None:
    if size not in _PAPERS:
        raise KitError(error("planning.paper", value=size, known=list(_PAPERS)))
    _free(out, force, (".svg", ".pdf"))
    drawing = theory.drawing()
    if out.suffix.lower() == ".svg":
        _save(out, drawing.encode("utf-8"))
        return
    title = text("theory.canvas-title")
    page = paper.picture_page(drawing, title=title, alt=theory.describe(), lang=current_language(), paper=size)
    _save(out, page)


# -- inventory --------------------------------------------------------------------------------------------------------


def _add_inventory(app: typer.Typer) -> None:
    room = typer.Typer(help=text("planning.cli.inventory"), no_args_is_help=True)
    app.add_typer(room, name="inventory")
    out = typer.Argument(help=text("planning.cli.table-out"))
    given = typer.Argument(help=text("planning.cli.inventory-given"))

    @room.command("check", help=text("planning.cli.check"))
    def check(file: Path = _file("inventory-file"), portfolio: Path = _folder(), as_json: bool = _json()) -> None:
        raise _judged(lambda: _check_inventory(file, portfolio), as_json)

    @room.command("template", help=text("planning.cli.template"))
    def empty(out: Path = out, force: bool = _force()) -> None:
        _free(out, force, (".csv", ".xlsx"))
        _written(out, lambda: template(out))

    @room.command("suggest", help=text("planning.cli.suggest"))
    def suggestions(theme: str = typer.Argument(help=text("planning.cli.theme"))) -> None:
        found = suggest(theme)
        show_table([str(name) for name in found.columns], found.itertuples(index=False), theme)

    @room.command("convert", help=text("planning.cli.convert"))
    def convert(file: Path = given, out: Path = out, force: bool = _force()) -> None:
        _free(out, force, (".csv", ".xlsx"))
        inventory, findings = Inventory.read(file)
        _write_inventory(inventory, out)
        raise typer.Exit(show(findings))

    @room.command("accept", help=text("planning.cli.accept"))
    def accept(file: Path = given, out: Path = out, force: bool = _force()) -> None:
        _free(out, force, (".csv", ".xlsx"))
        if out.exists() and out.samefile(file):
            raise KitError(error("planning.same-file", Place(str(out))))
        inventory, _ = Inventory.read(file)
        proposals = inventory.proposals()
        mended = inventory.accept(proposals)
        _write_inventory(mended, out)
        say(text("planning.accepted", n=len(proposals)))
        raise typer.Exit(show(mended.check()))


def _check_inventory(file: Path | None, folder: Path) -> Findings:
    if file is None:
        return Inventory.load(Portfolio.open(folder)).check()
    inventory, findings = Inventory.read(file)
    return findings + inventory.check()


def _write_inventory(inventory: Inventory, out: Path) -> None:
    write = inventory.to_xlsx if out.suffix.lower() == ".xlsx" else inventory.to_csv
    _written(out, lambda: write(out))


# -- plan -------------------------------------------------------------------------------------------------------------


def _add_plan(app: typer.Typer) -> None:
    room = typer.Typer(help=text("planning.cli.plan"), no_args_is_help=True)
    app.add_typer(room, name="plan")
    day = typer.Option(None, "--start", metavar="AAAA-MM-DD", help=text("planning.cli.start"))
    guide = typer.Option(None, "--guide", metavar="|".join(REVISIONS), help=text("planning.cli.guide"))
    source = typer.Option(None, "--file", help=text("planning.cli.plan-file"))

    @room.command("check", help=text("planning.cli.check"))
    def check(
        file: Path = _file("plan-file"),
        inventory: Path = typer.Option(None, "--inventory", help=text("planning.cli.against")),
        portfolio: Path = _folder(),
        as_json: bool = _json(),
    ) -> None:
        raise _judged(lambda: _check_plan(file, inventory, portfolio), as_json)

    @room.command("export", help=text("planning.cli.export"))
    def export(
        out: Path = typer.Argument(help=text("planning.cli.table-out")),
        file: Path = source,
        portfolio: Path = _folder(),
        force: bool = _force(),
    ) -> None:
        _free(out, force, (".csv", ".xlsx"))
        plan, findings = _plan(file, portfolio)
        _written(out, lambda: (plan.to_xlsx if out.suffix.lower() == ".xlsx" else plan.to_csv)(out))
        raise typer.Exit(show(findings))

    @room.command("calendar", help=text("planning.cli.calendar"))
    def calendar(
        start: str = day,
        revision: str = guide,
        picture: Path = typer.Option(None, "--picture", help=text("planning.cli.picture")),
        file: Path = source,
        portfolio: Path = _folder(),
        force: bool = _force(),
    ) -> None:
        plan = _dated_plan(file, portfolio, start, revision)
        _say_table(plan.calendar(), text("plan.gantt.title"))
        if picture is not None:
            _free(picture, force, (".png", ".svg", ".pdf"))
            _written(picture, lambda: plan.gantt().savefig(picture, dpi=150))

    @room.command("hours", help=text("planning.cli.hours"))
    def hours() -> None:
        _say_table(work_steps(), text("planning.hours"))

    @room.command("rank", help=text("planning.cli.rank"))
    def rank(
        top: int = typer.Option(None, "--top", min=1, help=text("planning.cli.top")),
        file: Path = source,
        portfolio: Path = _folder(),
    ) -> None:
        plan, _ = _plan(file, portfolio)
        _say_table(plan.ranking(), text("planning.ranking"))
        _say_table(plan.sensitivity(top), text("planning.sensitivity"))
        _say_table(plan.tipping(top), text("planning.tipping"))
        say(plan.firmness(top))


def _plan(file: Path | None, folder: Path) -> tuple[Plan, Findings]:
    """The plan in a file, else in the portfolio, and what reading it took."""
    if file is not None:
        return Plan.read_file(file)
    return Plan.load(Portfolio.open(folder)), Findings()


def _check_plan(file: Path | None, inventory: Path | None, folder: Path) -> Findings:
    plan, findings = _plan(file, folder)
    against, reading = Inventory.read(inventory) if inventory else (None, Findings())
    return findings + reading + plan.check(against)


def _dated_plan(file: Path | None, folder: Path, start: str | None, revision: str | None) -> Plan:
    """The plan with another first day and revision of the Guide; an empty one if there is none yet."""
    there = file is not None or (folder.exists() and Portfolio.open(folder).exists(Plan.csv))
    plan = _plan(file, folder)[0] if there else Plan()
    if revision is not None and revision not in REVISIONS:
        raise KitError(error("plan.unknown-revision", value=revision, known=list(REVISIONS)))
    if start is not None:
        try:
            plan.start = dt.date.fromisoformat(start)
        except ValueError:
            raise KitError(error("plan.start", value=start)) from None
    return plan.model_copy(update={"guide": revision or plan.guide})


# -- printing and writing ---------------------------------------------------------------------------------------------


def _judged(judge: Callable[[], Findings], as_json: bool) -> typer.Exit:
    """The exit of a check, its findings printed; with ``as_json`` also those that stop the work are JSON."""
    try:
        found = judge()
    except KitError as problem:
        if not as_json:
            raise
        found = problem.findings
    if not as_json:
        return typer.Exit(show(found))
    say(found.to_json())
    return typer.Exit(1 if found.errors else 0)


def _say_table(frame: Any, title: str) -> None:
    show_table([str(name) for name in frame.columns], frame.itertuples(index=False), title)


def _free(out: Path, force: bool, endings: tuple[str, ...]) -> None:
    """Stop unless ``out`` may be written: a known ending, a folder that is there, no file yet or ``--force``."""
    place = Place(str(out))
    if out.suffix.lower() not in endings:
        raise KitError(error("planning.ending", place, known=list(endings)))
    if not out.parent.is_dir():
        raise KitError(error("planning.no-folder", place, folder=str(out.parent)))
    if out.exists() and not force:
        raise KitError(error("planning.exists", place))


def _save(out: Path, content: bytes) -> None:
    _written(out, lambda: out.write_bytes(content))


def _written(out: Path, write: Callable[[], object]) -> None:
    """Write and say where, and whether something was replaced."""
    replaced = out.exists()
    try:
        write()
    except OSError as problem:
        raise KitError(
            error("planning.not-written", Place(str(out)), reason=problem.strerror or str(problem))
        ) from problem
    say(text("planning.replaced" if replaced else "planning.written", path=str(out)))
