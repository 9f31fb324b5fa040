"""The recipe: what was decided on one file, as readable YAML that runs again on next month's."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kit import messages
from kit.findings import Finding, Findings, KitError, Place, advice, error, warning
from kit.steps.cleaning.proposals import MORE, RULES, proposal_id
from kit.steps.cleaning.session import Cleaning, Decision
from kit.steps.cleaning.sources import opened
from kit.steps.cleaning.state import plain_name

FORMAT = 1
_MUCH_MORE = 5  # times the share of cells that a step changed when the recipe was made
_MANY = 0.05  # of the rows
_MOST_VALUES = 60  # distinct values of a category, beyond which they are not kept
_ALIKE = 0.75  # of two column names, so that one is taken for the other renamed
_SAME_LETTERS = {"latin-1": "windows-1252"}  # encodings that only rare signs tell apart


def recipe_of(cleaning: Cleaning) -> dict[str, Any]:
    """The accepted and refused proposals in the order of the rules, with what each column was taken to hold."""
    proposals = {p.id: p for p in cleaning.proposals}
    order = {name: i for i, name in enumerate(RULES)}
    steps = []
    for id_, decision in sorted(cleaning.decisions.items(), key=lambda item: order[item[0].split(":", 1)[0]]):
        rule, _, column = id_.removesuffix(MORE).partition(":")
        shown = proposals.get(id_)
        step: dict[str, Any] = {"rule": rule}
        if column:
            step["column"] = column
        step |= {"what": messages.text(f"cleaning.rule.{rule}"), "decision": decision.decision}
        step |= {"cells": shown.cells if shown else 0, "by": decision.by, "when": decision.when}
        if RULES[rule].by_value and decision.decision == "accepted":
            step["values"] = {**(shown.values if shown else {}), **decision.values}
        elif decision.values:
            step["values"] = dict(decision.values)
        steps.append(step)
    about = {"encoding": cleaning.source.get("encoding"), "crs": _crs(cleaning)}
    return {
        "format": FORMAT,
        "file": cleaning.state.file,
        "sha256": str(cleaning.source.get("sha256", "")),
        **{name: fact for name, fact in about.items() if fact},
        "rows": len(cleaning.raw),
        "columns": {name: column.to_data() for name, column in cleaning.fields.items()},
        "steps": _merged(steps),
        "left_open": {p.id: p.cells for p in proposals.values() if p.decision == "open"},
        "seen": _seen(cleaning),
    }


def _crs(cleaning: Cleaning) -> str | None:
    geometry = cleaning.state.geometry
    return None if geometry is None or geometry.crs is None else str(geometry.crs.to_string())


def _seen(cleaning: Cleaning) -> dict[str, list[str]]:
    """The values that each column of categories has after cleaning, if they are few enough to be read."""
    table = cleaning.texts()
    values = {f.name: table[f.name].dropna().unique() for f in cleaning.state.of_kind("category")}
    return {name: sorted(map(str, found)) for name, found in values.items() if len(found) <= _MOST_VALUES}


def _merged(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pairs that were added to a recipe's own become one step with them."""
    found: dict[tuple[str, str | None, str], dict[str, Any]] = {}
    for step in steps:
        key = (step["rule"], step.get("column"), step["decision"])
        if key in found:
            found[key]["values"] = {**found[key].get("values", {}), **step.get("values", {})}
            found[key]["cells"] += step["cells"]
        else:
            found[key] = step
    return list(found.values())


def apply_recipe(
    source: Any,
    recipe: Mapping[str, Any] | str | Path,
    reference: Any = None,
    by: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Cleaning:
    """Clean a file with the decisions of a recipe.

    Nothing is decided that the recipe does not decide; what it does not fit is in ``cleaning.fit`` (and among its
    findings): columns that are missing, renamed or new, steps with nothing to do or with far more than before,
    values never seen, another encoding or coordinate system, and proposals that the recipe has no answer to, which
    stay open. Errors and warnings among them say that it does not fit; the rest is only told.

    Args:
        source: as in `Cleaning.start`.
        recipe: what `Cleaning.recipe` gave, or the path of a YAML file that holds it.
        reference: as in `Cleaning.start`.
        by: who runs it, for decisions in which the recipe names nobody.
        progress: told how many rules are done, and of how many.

    Raises:
        KitError: ``cleaning.recipe-unreadable`` if it is no recipe.
    """
    source = opened(source)
    data = _read(recipe, source.file)
    fit, file = Findings(), source.file
    columns, known = data["columns"], set(map(str, source.table.columns))
    fit.extend(_columns_compared([str(name) for name in columns], [str(n) for n in source.table.columns], file))
    kinds = {name: dict(kind) for name, kind in columns.items() if name in known}
    cleaning = Cleaning.start(source, mapping=kinds, reference=reference, by=by)
    cleaning.progress = progress
    cleaning.decide(_decisions(data, known, by, fit))
    fit.extend(_compared(cleaning, data))
    fit.extend(_origin_compared(cleaning, data))
    fit.extend(_values_compared(cleaning, data))
    cleaning.fit = fit
    return cleaning


def _columns_compared(wanted: list[str], there: list[str], file: str) -> Iterator[Finding]:
    """Columns that are missing or new; a missing one beside a new one of nearly its name was renamed."""
    new = [name for name in there if name not in wanted]
    for lost in [name for name in wanted if name not in there]:
        close = [name for name in new if _alike(lost, name) >= _ALIKE]
        place = Place(file, column=lost)
        if close:
            best = max(close, key=lambda name: _alike(lost, name))
            new.remove(best)
            yield error("cleaning.recipe-column-renamed", place, wanted=lost, new=best)
        else:
            yield error("cleaning.recipe-column-missing", place, wanted=lost, known=sorted(there))
    for name in new:
        yield warning("cleaning.recipe-column-new", Place(file, column=name), new=name)


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, plain_name(one), plain_name(other)).ratio()


def _origin_compared(cleaning: Cleaning, data: Mapping[str, Any]) -> Iterator[Finding]:
    """Another encoding or coordinate system than the file had on which the recipe was made."""
    place = Place(cleaning.state.file)
    before, now = (_SAME_LETTERS.get(str(c), str(c)) for c in (data.get("encoding"), cleaning.source.get("encoding")))
    if "None" not in (before, now) and before != now and not _is_ascii(cleaning):
        yield warning("cleaning.recipe-encoding", place, before=before, now=now)
    old, new = data.get("crs"), _crs(cleaning)
    if old and new and old != new:
        yield warning("cleaning.recipe-crs", place, before=str(old), now=new)


def _is_ascii(cleaning: Cleaning) -> bool:
    """Whether every encoding would say the same, so that the one that was guessed means nothing."""
    table = cleaning.raw
    return all(str(v).isascii() for name in table.columns for v in [name, *table[name].dropna().unique()])


def _values_compared(cleaning: Cleaning, data: Mapping[str, Any]) -> Iterator[Finding]:
    """Values of categories that the file before did not have; those that a proposal speaks of are its matter."""
    table, state = cleaning.texts(), cleaning.state
    for name, known in dict(data.get("seen") or {}).items():
        if name not in table:
            continue
        spoken = {value for p in cleaning.proposals.open if p.column == name for value in p.values}
        values = table[name].dropna()
        unseen = values[~values.isin([*map(str, known), *spoken])]
        if len(unseen):
            some = [str(v) for v in unseen.value_counts().index[:3]]
            place = state.place(name, unseen.index)
            yield warning("cleaning.recipe-values-unseen", place, n=len(unseen), column=name, examples=some)


def _decisions(data: Mapping[str, Any], known: set[str], by: str, fit: Findings) -> dict[str, Decision]:
    found: dict[str, Decision] = {}
    for step in data["steps"]:
        rule, column = str(step["rule"]), step.get("column")
        if rule not in RULES:
            fit.add(error("cleaning.recipe-rule-unknown", Place(item=rule), rule=rule, known=list(RULES)))
            continue
        if column is not None and column not in known:
            continue
        values = {str(k): v for k, v in (step.get("values") or {}).items()}
        only = RULES[rule].by_value and step["decision"] == "accepted"
        who, when = str(step.get("by") or by), str(step.get("when") or "")
        found[proposal_id(rule, column)] = Decision(step["decision"], who, when, values, only_values=only)
    return found


def _compared(cleaning: Cleaning, data: Mapping[str, Any]) -> list[Finding]:
    """How the file differs from the one that the recipe was made on."""
    found: list[Finding] = []
    file, rows = cleaning.state.file, max(1, len(cleaning.raw))
    changed = {p.id: p.cells for p in cleaning.proposals}
    for step in data["steps"]:
        if step["rule"] not in RULES or step["decision"] != "accepted":
            continue
        id_ = proposal_id(str(step["rule"]), step.get("column"))
        before, now = int(step.get("cells", 0)) / max(1, int(data["rows"])), changed.get(id_, 0) / rows
        place = Place(file, column=step.get("column"), item=id_)
        if not now:
            found.append(advice("cleaning.recipe-idle", place, step=id_))
        elif now > _MANY and now > _MUCH_MORE * before:
            facts = {"step": id_, "before": int(step.get("cells", 0)), "n": changed[id_]}
            found.append(warning("cleaning.recipe-much-more", place, **facts))
    for proposal in cleaning.proposals.open:
        new = proposal.id.endswith(MORE)
        place = Place(file, rows=proposal.rows, column=proposal.column, item=proposal.id)
        pairs = [" → ".join(pair) for pair in proposal.examples]
        facts = {"step": proposal.id, "n": proposal.cells, "examples": pairs}
        was = dict(data.get("left_open") or {}).get(proposal.id)
        share = proposal.cells / rows
        if was is not None and (share <= _MANY or share <= _MUCH_MORE * int(was) / max(1, int(data["rows"]))):
            found.append(advice("cleaning.recipe-left-open", place, **facts))
        elif new:
            found.append(warning("cleaning.recipe-new-values", place, **facts))
        else:
            found.append(warning("cleaning.recipe-undecided", place, **facts))
    return found


def to_yaml(data: Mapping[str, Any]) -> str:
    """A recipe as YAML text."""
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(dict(data), stream)
    return stream.getvalue()


def _read(recipe: Mapping[str, Any] | str | Path, file: str) -> dict[str, Any]:
    data: Any = recipe
    name = "recipe"
    if isinstance(recipe, (str, Path)):
        name = Path(recipe).name
        try:
            data = YAML(typ="safe", pure=True).load(Path(recipe).read_text(encoding="utf-8"))
        except (OSError, YAMLError, UnicodeDecodeError) as problem:
            raise KitError(error("cleaning.recipe-unreadable", Place(name), file=name)) from problem
    if isinstance(data, Mapping) and "files" in data:  # as the portfolio holds it: one recipe per file
        data = data["files"].get(file) or next(iter(data["files"].values()), None)
    wanted = {"format", "columns", "steps", "rows"}
    if not isinstance(data, Mapping) or not wanted <= set(data) or data["format"] != FORMAT:
        raise KitError(error("cleaning.recipe-unreadable", Place(name), file=name))
    return {**data, "columns": dict(data["columns"]), "steps": list(data["steps"])}
