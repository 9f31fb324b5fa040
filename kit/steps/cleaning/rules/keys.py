"""Rules on keys: what can be put right from the key itself, what only another source knows, what nobody can know."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kit import keys as layouts
from kit.findings import Finding, error, warning
from kit.steps.cleaning.proposals import Draft, by_unique, changed, examples, proposal_id, rule
from kit.steps.cleaning.state import TEXT, Field, State

_ENOUGH = 50  # whole rows that there must be before a relation between two keys counts as known
_RULE = 0.98  # share of them that must obey it: a few may hold a wrong key


@rule("key-quotes", "key", "code")
def key_quotes(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Marks that spreadsheets leave around a text of digits: an apostrophe, ="…", and the .0 of a number."""
    values = state.values(column.name)
    values = values[values.str.contains(r"""^[='"`´]|\.0+$""", regex=True)]
    new = values.str.replace(r"""^(?:="?|['`´"])\s*([0-9][0-9 -]*?)\s*["']?$""", r"\1", regex=True)
    new = changed(values, new.str.replace(r"^([0-9]+)\.0+$", r"\1", regex=True))
    yield from _draft(state, column, "key-quotes", values, new, certain=True)


@rule("key-separators", "key", "code")
def key_separators(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Blanks and hyphens within a key, or missing from it: the digits are all there, in order."""
    values = state.values(column.name)
    if column.kind == "code":
        bare = values.str.replace(r"[\s._-]", "", regex=True)
        new = changed(values, bare.where(bare.str.fullmatch(rf"[0-9]{{1,{column.width}}}"), values))
    else:
        names = ["separated"] if column.layout == "standard" else ["local-separated", "local-bare"]
        odd = values[layouts.shapes(values).isin(names).to_numpy()]
        new = changed(odd, layouts.canonical(odd))
        if column.layout == "block":
            new = by_unique(values[~layouts.BLOCK.fits(values)], _block)
    yield from _draft(state, column, "key-separators", values, new, certain=True)


def _block(text: str) -> str | None:
    digits = "".join(c for c in text if c.isdigit())
    only = all(c.isdigit() or c in " .-_/" for c in text)
    return f"{digits[:3]}-{digits[3:]}" if only and len(digits) == 7 else None


@rule("key-zeros", "key", "code")
def key_zeros(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Leading zeros that a spreadsheet dropped: put back where the key's width leaves no other reading."""
    values = state.values(column.name)
    if column.kind == "code":
        digits = values[values.str.fullmatch(r"[0-9]+")]
        new = changed(digits, digits.str.zfill(column.width or 1))
    elif column.layout == "standard":
        short = values[(layouts.shapes(values) == "short").to_numpy()]
        padded = short.str.zfill(layouts.STANDARD.length)
        new = padded[padded.str[:2].isin(_states_here(state, column))].astype(object)
    else:
        layout = layouts.LAYOUTS[column.layout or "local"]
        loose = "-".join(f"([0-9]{{1,{s.length}}})" for s in layout.segments)
        odd = values[values.str.fullmatch(loose) & ~layout.fits(values)]
        widths = [s.length for s in layout.segments]
        new = by_unique(odd, lambda text: "-".join(p.zfill(w) for p, w in zip(text.split("-"), widths, strict=True)))
    yield from _draft(state, column, "key-zeros", values, new, certain=True)


def _states_here(state: State, column: Field) -> set[str]:
    """The federal entities that the table itself names, in its whole keys or in its column of entities."""
    values = state.values(column.name)
    whole = values[layouts.STANDARD.fits(values)].str[:2]
    named = [state.values(f.name).str.zfill(2) for f in state.of_kind("code") if f.width == 2]
    seen = pd.concat([whole, *named]).value_counts(normalize=True)
    return set(seen[seen > 0.01].index) & layouts.STATES


@rule("key-recover", "key")
def key_recover(state: State, column: Field) -> Iterator[Draft | Finding]:
    """A destroyed or empty key, found again through the other key of the same row, if exactly one answer exists."""
    other = next((f for f in state.of_kind("key") if f.layout in {"standard", "local"} - {column.layout}), None)
    if column.layout == "block":
        other = next((f for f in state.of_kind("key") if f.layout == "local"), None)
    if other is None:
        return
    layout = layouts.LAYOUTS[column.layout or "standard"]
    broken = state.frame[column.name][~layout.fits(state.frame[column.name])]
    known = state.frame.loc[broken.index, other.name]
    known = known[layouts.LAYOUTS[other.layout or "local"].fits(known)]
    answers = _from_reference(state, column, other, known)
    answers = answers.combine_first(_from_structure(state, column, other, known))
    taken = set(state.values(column.name)) if column.layout == "standard" else set()
    answers = answers[~answers.isin(taken) & (~answers.duplicated(keep=False) | (column.layout == "block"))]
    if len(answers):
        finding = warning(
            "cleaning.key-recoverable",
            state.place(column.name, answers.index),
            n=len(answers),
            through=other.name,
            examples=[" → ".join(p) for p in examples(state.frame.loc[answers.index, column.name], answers)],
            proposal=proposal_id("key-recover", column.name),
        )
        yield Draft(finding, answers.astype(object), certain=False, column=column.name)


def _from_reference(state: State, column: Field, other: Field, known: pd.Series) -> pd.Series:
    """The one key that the source of reference has for the other key."""
    table = state.reference.table
    if table is None or not {column.name, other.name} <= set(table.columns):
        return pd.Series(dtype=TEXT)
    pairs = table[[other.name, column.name]].dropna().drop_duplicates()
    pairs = pairs[layouts.LAYOUTS[column.layout or "standard"].fits(pairs[column.name])]
    single = pairs[~pairs[other.name].duplicated(keep=False)].set_index(other.name)[column.name]
    return known.map(single).dropna()


def _from_structure(state: State, column: Field, other: Field, known: pd.Series) -> pd.Series:
    """The key built from the parts that it shares with the other one, where the table shows that this is the rule.

    The shared parts must be equal in practically every whole row; every other part must be the same throughout a block
    (or a larger group) of the other key.
    """
    target, source = layouts.LAYOUTS[column.layout or "standard"], layouts.LAYOUTS[other.layout or "local"]
    frame = state.frame[[column.name, other.name]].dropna()
    whole = frame[target.fits(frame[column.name]) & source.fits(frame[other.name])]
    whole = whole[~whole[column.name].duplicated(keep=False) | (column.layout == "block")]
    agree = layouts.agree(whole[column.name], target, whole[other.name], source)
    if len(whole) < _ENOUGH or not len(known) or agree.mean() < _RULE:
        return pd.Series(dtype=TEXT)
    whole = whole[agree]
    parts = target.split(whole[column.name])
    shared, others = {s.name for s in source.segments}, source.split(known)
    built = [
        others[s.name].str.slice(-s.length).str.zfill(s.length)
        if s.name in shared
        else _of_its_group(parts[s.name], whole[other.name], known, source)
        for s in target.segments
    ]
    keys = built[0].str.cat(pd.concat(built[1:], axis=1), sep=target.separator).dropna()
    return keys[layouts.agree(keys, target, known[keys.index], source)]


def _of_its_group(part: pd.Series, others: pd.Series, known: pd.Series, source: layouts.Layout) -> pd.Series:
    """For each known key the part that all whole rows of its block have, or of the next larger group that has one.

    Nothing is known if the groups of that size do not practically all have one value: the part follows another rule.
    """
    found = pd.Series(None, index=known.index, dtype=TEXT)
    for segment in reversed(source.segments):
        groups, wanted = others.str.slice(0, segment.start), known.str.slice(0, segment.start)
        pairs = pd.DataFrame({"group": groups, "part": part}).drop_duplicates()
        single = pairs[~pairs["group"].duplicated(keep=False)]
        if len(single) >= _RULE * pairs["group"].nunique():
            found = found.fillna(wanted.map(single.set_index("group")["part"]))
    return found


@rule("key-repeated", "key")
def key_repeated(state: State, column: Field) -> Iterator[Draft | Finding]:
    """A key that stands twice and in one of the rows contradicts that row's other key: the one the other key gives.

    Which row is right is the office's to say; the other key is evidence, not proof.
    """
    other = next((f for f in state.of_kind("key") if f.layout == "local"), None)
    if column.layout != "standard" or other is None:
        return
    cells, others = state.frame[column.name], state.frame[other.name]
    twice = cells.duplicated(keep=False) & cells.notna()
    wrong = others[twice & ~layouts.agree(cells, layouts.STANDARD, others, layouts.LOCAL)]
    answers = _from_structure(state, column, other, wrong[layouts.LOCAL.fits(wrong)])
    answers = answers[~answers.isin(cells) & ~answers.duplicated(keep=False)]
    if len(answers):
        finding = warning(
            "cleaning.key-repeated",
            state.place(column.name, answers.index),
            n=len(answers),
            through=other.name,
            examples=[" → ".join(p) for p in examples(cells[answers.index], answers)],
            proposal=proposal_id("key-repeated", column.name),
        )
        yield Draft(finding, answers.astype(object), certain=False, column=column.name)


@rule("key-check", "key", "code", check=True)
def key_check(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Keys that stay wrong: in scientific notation, of another length, of an entity that does not exist, or empty."""
    values = state.values(column.name)
    if column.kind == "code":
        wrong = values[~values.str.fullmatch(rf"[0-9]{{{column.width}}}")]
        expected = "0" * (column.width or 1)
        if plain_state(column):
            wrong = pd.concat([wrong, values[values.str.fullmatch("[0-9]{2}") & ~values.isin(layouts.STATES)]])
    else:
        layout = layouts.LAYOUTS[column.layout or "standard"]
        expected = "-".join("0" * s.length for s in layout.segments) if layout.separator else "0" * layout.length
        wrong = values[~layout.fits(values)]
        scientific = wrong[(layouts.shapes(wrong) == "scientific").to_numpy()]
        if len(scientific):
            yield error(
                "cleaning.key-scientific",
                state.place(column.name, scientific.index),
                n=len(scientific),
                examples=list(scientific.unique()[:3]),
            )
        wrong = wrong.drop(scientific.index)
        empty = state.frame.index[state.frame[column.name].isna()]
        if len(empty):
            yield warning("cleaning.key-missing", state.place(column.name, empty), n=len(empty))
    if len(wrong):
        yield error(
            "cleaning.key-unreadable",
            state.place(column.name, wrong.index),
            n=len(wrong),
            examples=list(wrong.unique()[:3]),
            form=expected,
        )


def plain_state(column: Field) -> bool:
    """Whether the column holds federal entities alone."""
    return column.width == 2 and "ENT" in column.name.upper()


@rule("key-agreement", check=True)
def key_agreement(state: State) -> Iterator[Draft | Finding]:
    """Keys that contradict the row's own columns: the entity, the municipality, the locality, the block."""
    standard = next((f for f in state.of_kind("key") if f.layout == "standard"), None)
    local = next((f for f in state.of_kind("key") if f.layout == "local"), None)
    block = next((f for f in state.of_kind("key") if f.layout == "block"), None)
    for left, right in ((standard, local), (local, block)):
        if left is None or right is None or not left.layout or not right.layout:
            continue
        cells = state.frame[right.name]
        same = layouts.agree(state.frame[left.name], layouts.LAYOUTS[left.layout], cells, layouts.LAYOUTS[right.layout])
        yield from _disagreement(state, left.name, state.frame[left.name], right.name, state.frame.index[~same])
    if standard is None:
        return
    parts = layouts.STANDARD.split(state.frame[standard.name], "state", "municipality", "locality")
    for part, width, word in (("state", 2, "ENT"), ("municipality", 3, "MUN"), ("locality", 4, "LOC")):
        for field in state.of_kind("code"):
            if field.width == width and word in field.name.upper():
                cells = state.frame[field.name]
                odd = state.frame.index[(parts[part] != cells) & parts[part].notna() & cells.notna()]
                yield from _disagreement(state, standard.name, parts[part], field.name, odd)


def _disagreement(state: State, key: str, segment: pd.Series, column: str, odd: pd.Index) -> Iterator[Finding]:
    if len(odd):
        cells = state.frame.loc[odd, column]
        yield warning(
            "cleaning.key-disagrees",
            state.place(column, odd),
            n=len(odd),
            key=key,
            examples=[f"{a} ≠ {b}" for a, b in zip(segment[odd[:3]], cells[:3], strict=True)],
        )


def _draft(
    state: State, column: Field, name: str, values: pd.Series, new: pd.Series, certain: bool
) -> Iterator[Draft | Finding]:
    if not len(new):
        return
    pairs = [" → ".join(pair) for pair in examples(values.loc[new.index], new)]
    place, proposal = state.place(column.name, new.index), proposal_id(name, column.name)
    if name == "key-zeros":
        finding = warning("cleaning.key-zeros", place, n=len(new), examples=pairs, proposal=proposal)
    else:
        finding = warning("cleaning.key-separators", place, n=len(new), examples=pairs, proposal=proposal)
    yield Draft(finding, new.astype(object), certain=certain, column=column.name)
