"""The quality and the openness of what is published, as the portal would rate them, with the reasons.

The rules are step 07's (`kit.steps.quality`): datos.gob.mx's none, bronce, plata, oro for each file, ADELA's stars for
the dataset. A local catalogue has no addresses to try: "the link works" means that the file lies where it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kit import messages
from kit.publish.model import Dataset, Distribution
from kit.steps import quality

_U22 = "u22"  # the portal's code for a resource without a description


@dataclass(frozen=True, slots=True)
class Rating:
    """How one file, or the whole dataset, is rated and why."""

    level: str
    missing: tuple[str, ...]
    recommendations: tuple[str, ...]

    def reasons(self, lang: str) -> list[str]:
        """Why not better, or why the best, in words."""
        said = [
            messages.text("publish.rating.missing", lang=lang, field=messages.text(f"publish.field.{name}", lang=lang))
            for name in self.missing
        ]
        said += [messages.text(f"publish.rating.{code}", lang=lang) for code in self.recommendations]
        return said or [messages.text("publish.rating.best", lang=lang)]


def rate_file(dataset: Dataset, one: Distribution, folder: Path) -> Rating:
    """One file's rating. Where exactly a recommendation applies is what step 07 tells, not this."""
    path = folder / one.path
    codes: tuple[str, ...] = ()
    if one.format == "csv" and path.stem == Path(dataset.folder).name:
        explained = [column.name for column in dataset.columns if column.description]
        codes = quality.recommendations(quality.rubric(path, dictionary=explained, file=one.path))
    if not one.description:
        codes = tuple(dict.fromkeys([*codes, _U22]))
    metadata = {
        "issued": dataset.issued,
        "title": dataset.title,
        "description": dataset.description,
        "keyword": dataset.keyword,
        "theme": dataset.theme,
        "publisher": dataset.publisher.name,
        "mbox": dataset.mbox or dataset.publisher.mbox,
    }
    score = quality.score(metadata, codes, link_works=path.is_file())
    return Rating(score.level, score.missing, score.recommendations)


def rate_dataset(ratings: list[Rating]) -> Rating:
    """The dataset's rating: that of its worst file, with the reasons of all."""
    worst = min((rating.level for rating in ratings), key=quality.LEVELS.index, default="none")
    missing = tuple(dict.fromkeys(name for rating in ratings for name in rating.missing))
    codes = tuple(dict.fromkeys(code for rating in ratings for code in rating.recommendations))
    return Rating(worst, missing, codes)


def stars(dataset: Dataset) -> int:
    """ADELA's openness, 1 to 5."""
    return quality.openness(one.format for one in dataset.distributions)
