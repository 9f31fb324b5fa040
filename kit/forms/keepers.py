"""How a step's plain data, its model and its files correspond: what a session needs to know of a step."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Protocol

from kit.findings import Finding, Findings, KitError, Place, error
from kit.forms import fields, paths
from kit.portfolio import Portfolio
from kit.steps.base import StepModel, shorten

_NOT_IN_FILES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?")
_ROUNDS = 50


class Keeper(Protocol):
    """A step as a session sees it. ``file`` is the one whose content tells whether somebody else has written."""

    file: str
    step: str

    def blank(self) -> dict[str, Any]:
        """The data of an untouched form."""

    def load(self, portfolio: Portfolio) -> dict[str, Any]:
        """The data that the portfolio holds.

        Raises:
            KitError: if the file cannot be read at all.
        """

    def load_file(self, path: Path) -> dict[str, Any]:
        """The data of one file, for instance of an earlier version; raises as `load`."""

    def coerce(self, path: str, value: Any) -> Any:
        """What a person wrote as the field's own kind where it can be read so, else as it is.

        Raises:
            KitError: if there is no such field.
        """

    def read(self, value: dict[str, Any]) -> tuple[Any, dict[str, Finding]]:
        """The model of the data; what does not fit its field is left out of it and told by path."""

    def check(self, model: Any, portfolio: Portfolio, value: dict[str, Any], /) -> Findings:
        """The step's own findings, each with the path in ``value`` as its field."""

    def save(self, model: Any, portfolio: Portfolio, *, whole: bool) -> None:
        """Write the step's file; if ``whole`` also what takes longer (drawings, pages)."""


class StepKeeper:
    """The keeper of a step whose result is one YAML file."""

    def __init__(self, model: type[StepModel], start: dict[str, Any] | None = None) -> None:
        """A keeper of ``model``; a form that has no file yet begins with ``start``."""
        self.model = model
        self.start = start or {}
        self.file = model.file
        self.step = model.step

    def blank(self) -> dict[str, Any]:
        """The data of an untouched form."""
        return self.model.of(self.start).to_data()

    def load(self, portfolio: Portfolio) -> dict[str, Any]:
        """The data that the portfolio holds; what does not fit stays in it as it is."""
        return self._filled(portfolio.read_yaml(self.file))

    def load_file(self, path: Path) -> dict[str, Any]:
        """The data of an earlier version."""
        return self.load(_LoneFile(path))  # type: ignore[arg-type]

    def _filled(self, data: Any) -> dict[str, Any]:
        raw = plain(data)
        if not isinstance(raw, dict):
            raise KitError(error("models.not-a-form", Place(self.file), kind=type(data).__name__))
        model, misfits = self.read(raw)
        value: dict[str, Any] = model.to_data()
        for path in misfits:
            value = paths.put(value, path, paths.get(raw, path))
        return value

    def coerce(self, path: str, value: Any) -> Any:
        """Numbers and dates as people write them ("1,200", "31/12/2015") become 1200 and "2015-12-31"."""
        field = fields.find(self.model, path)
        if field is None:
            known = [f.path for f in fields.every(fields.of(self.model))]
            raise KitError(error("forms.no-such-field", Place(self.file), field=path, known=known))
        return written_as(field.kind, cleaned(plain(value)))

    def read(self, value: dict[str, Any]) -> tuple[StepModel, dict[str, Finding]]:
        """The model of what fits, and a finding for each path that does not."""
        misfits: dict[str, Finding] = {}
        fitting = value
        for path, leaf in paths.leaves(value):
            field = fields.find(self.model, path)
            if field and field.kind == "date" and isinstance(leaf, str) and leaf.strip() and not _ISO.fullmatch(leaf):
                misfits[path] = error("forms.not-a-date", self.place(path), value=shorten(leaf))
                fitting = paths.put(fitting, path, None)
        for _ in range(_ROUNDS):
            model, findings = self.model.read(paths.without_blanks(fitting), self.file)
            if model is not None:
                return model, misfits
            for finding in findings:
                path = self._within(finding.place.field or finding.place.item or "", fitting)
                misfits[path] = self._misfit(path, finding, fitting)
                fitting = _removed(fitting, path)
        return self.model(), misfits

    def _misfit(self, path: str, finding: Finding, value: Any) -> Finding:
        """What the model says of a value, in the words of a form where it has some."""
        field = fields.find(self.model, path)
        typed = shorten(str(paths.get(value, path)))
        if field and field.kind in {"number", "integer"} and finding.code == "models.wrong-type":
            return error("forms.not-a-number", self.place(path), value=typed)
        if field and field.kind == "date":
            return error("forms.not-a-date", self.place(path), value=typed)
        return Finding(finding.code, finding.level, self.place(path), finding.params)

    def _within(self, path: str, value: Any) -> str:
        """The path, shortened to what is really there: pydantic also names what a validator made."""
        missing = object()
        while path and paths.get(value, path, missing) is missing:
            path = paths.parent(path)
        return path

    def check(self, model: StepModel, portfolio: Portfolio, _: dict[str, Any], /) -> Findings:
        """What the step finds, within the portfolio where it looks at other steps."""
        try:
            return model.check_in(portfolio) if hasattr(model, "check_in") else model.check()
        except KitError as problem:  # another step's file cannot be read
            return model.check() + problem.findings

    def save(self, model: StepModel, portfolio: Portfolio, *, whole: bool) -> None:
        """Write the YAML file, and the step's drawings and pages if ``whole``."""
        if whole:
            model.save(portfolio)
        else:
            portfolio.write_yaml(self.file, model.to_data(), step=self.step)

    def place(self, path: str) -> Place:
        """Where a field is, in words if the catalogue has them."""
        field = fields.find(self.model, path)
        return self.model.place(path) if field and field.has_label(self.model) else Place(self.file, field=path)


def plain(value: Any) -> Any:
    """YAML's and Python's own classes as JSON's: dates become texts."""
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bool) or value is None:
        return value
    return next((kind(value) for kind in (str, int, float) if isinstance(value, kind)), value)


def cleaned(value: Any) -> Any:
    """The data without the characters that no file can hold, line ends as LF."""
    if isinstance(value, dict):
        return {name: cleaned(item) for name, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, str):
        return _NOT_IN_FILES.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return value


def written_as(kind: str, value: Any) -> Any:
    """A text in the field's own kind, if it can be read so."""
    if not isinstance(value, str):
        return value
    words = value.strip()
    if kind in {"number", "integer"} and words and _NUMBER.fullmatch(words) and any(c.isdigit() for c in words):
        figure = float(words.replace(",", ""))
        return int(figure) if figure.is_integer() and abs(figure) < 1e15 else figure
    if kind == "date" and (written := _DAY_FIRST.fullmatch(words)):
        day, month, year = (int(part) for part in written.groups())
        return f"{year:04}-{month:02}-{day:02}"
    return words if kind == "date" else value


def _removed(value: Any, path: str) -> Any:
    """The data without what lies at the path; an entry of a list becomes blank, so that the others keep their place."""
    holder, _, last = path.rpartition(".")
    if not path:
        return {}
    held = paths.get(value, holder)
    if isinstance(held, dict):
        return paths.put(value, holder, {name: item for name, item in held.items() if name != last})
    return paths.put(value, path, None)


class _LoneFile:
    """A file that lies anywhere, read as the portfolio reads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read_yaml(self, rel: str) -> Any:
        from ruamel.yaml.error import YAMLError

        from kit.portfolio.manifest import yaml_rules

        try:
            return yaml_rules().load(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, YAMLError) as problem:
            raise KitError(error("portfolio.unreadable", Place(rel), reason=str(problem))) from problem
