"""The recipe: what was decided on one file, as readable YAML that runs again on next month's."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kit import messages
from kit.findings import Finding, Findings, KitError, Place, advice, error, warning
from kit.steps.cleaning.proposals import MORE, RULES, proposal_id
from kit.steps.cleaning.session import Cleaning, Decision
from kit.steps.cleaning.sources import opened

FORMAT = 1
_MUCH_MORE = 5  # times the share of cells that a step changed when the recipe was made
_MANY = 0.05  # of the rows


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
    return {
        "format": FORMAT,
        "file": cleaning.state.file,
        "sha256": str(cleaning.source.get("sha256", "")),
        "rows": len(cleaning.raw),
        "columns": {name: column.to_data() for name, column in cleaning.fields.items()},
        "steps": _merged(steps),
    }


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


def apply_recipe(source: Any, recipe: Mapping[str, Any] | str | Path, reference: Any = None, by: str = "") -> Cleaning:
    """Clean a file with the decisions of a recipe.

    Nothing is decided that the recipe does not decide; what it does not fit is in ``cleaning.fit`` (and among its
    findings): columns that are missing or new, steps with nothing to do or with far more than before, and
    proposals that the recipe has no answer to, which stay open.

    Args:
        source: as in `Cleaning.start`.
        recipe: what `Cleaning.recipe` gave, or the path of a YAML file that holds it.
        reference: as in `Cleaning.start`.
        by: who runs it, for decisions in which the recipe names nobody.

    Raises:
        KitError: ``cleaning.recipe-unreadable`` if it is no recipe.
    """
    source = opened(source)
    data = _read(recipe, source.file)
    fit, file = Findings(), source.file
    columns, known = data["columns"], set(map(str, source.table.columns))
    for lost in [name for name in columns if name not in known]:
        fit.add(error("cleaning.recipe-column-missing", Place(file, column=lost), wanted=lost, known=sorted(known)))
    for new in [str(name) for name in source.table.columns if name not in columns]:
        fit.add(advice("cleaning.recipe-column-new", Place(file, column=new), new=new))
    kinds = {name: dict(kind) for name, kind in columns.items() if name in known}
    cleaning = Cleaning.start(source, mapping=kinds, reference=reference, by=by)
    cleaning.decide(_decisions(data, known, by, fit))
    fit.extend(_compared(cleaning, data))
    cleaning.fit = fit
    return cleaning


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
        found.append(
            warning("cleaning.recipe-new-values", place, **facts)
            if new
            else warning("cleaning.recipe-undecided", place, **facts)
        )
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
