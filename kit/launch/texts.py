# -*- coding: utf-8 -*-
"""The launcher's sentences, read from the message catalogue without any installed package.

Reads only ``kit/messages/<language>/start.po``, and of PO only what that file uses: ``msgid``, ``msgstr``, continued
lines and escapes. This module also runs on Pythons too old for the kit (no annotations, no f-strings), because it is
what tells them so.
"""
# ruff: noqa: UP009, UP010, UP020, UP030, UP032
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-globals

from __future__ import unicode_literals

import io
import os
import sys

LANGUAGES = ("es", "en")
VARIABLE = "TALLER_LANG"
FOLDER = os.path.join(  # noqa: PTH118
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))),  # noqa: PTH100, PTH120
    "messages",
)
MARKS = {"error": "✖", "warning": "▲", "advice": "●"}

_chosen = []
_read = {}


def choose_language(arguments=()):
    """Speak the language of ``--lang`` in ``arguments``, else of TALLER_LANG, else Spanish; returns it."""
    wanted = os.environ.get(VARIABLE, "")[:2].lower()
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            wanted = argument[len("--lang=") :]
        elif argument == "--lang" and position + 1 < len(arguments):
            wanted = arguments[position + 1]
    _chosen[:] = [wanted if wanted in LANGUAGES else LANGUAGES[0]]
    return _chosen[0]


def language():
    """The language in force."""
    return _chosen[0] if _chosen else choose_language()


def text(key, **params):
    """The sentence of ``key`` with its placeholders filled."""
    spoken = language()
    if spoken not in _read:
        _read[spoken] = read_catalogue_file(os.path.join(FOLDER, spoken, "start.po"))  # noqa: PTH118
    return _read[spoken][key].format(**params)


def say(key, **params):
    """Print the sentence of ``key`` at once, also when the output is a pipe."""
    write(text(key, **params))


def error(code, **params):
    """Print what stops the work: found, expected, how to mend it, as the kit prints its findings."""
    _problem("error", code, params)


def warning(code, **params):
    """Print what somebody must look at."""
    _problem("warning", code, params)


def advice(code, **params):
    """Print what is good to know."""
    _problem("advice", code, params)


def refuse_python():
    """Say that this Python will not do, and which one will."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    error("start.python-unfit", version=version, program=sys.executable)


def _problem(level, code, params):
    found, expected, mend = (text(code + "." + part, **params) for part in ("found", "expected", "mend"))
    write("{0} {1} {2}\n  → {3} [{4}]".format(MARKS[level], found, expected, mend, code))


def write(line):
    """Print one line; a console that lacks a character gets a stand-in and no UnicodeEncodeError."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    data = (line + "\n").encode(encoding, "replace")
    sys.stdout.write(data if sys.version_info[0] == 2 else data.decode(encoding))
    sys.stdout.flush()


def read_catalogue_file(path):
    """The messages of one PO file: key to sentence."""
    entries = {}
    key, part, pieces = None, None, {"msgid": "", "msgstr": ""}
    with io.open(path, encoding="utf-8") as stream:
        lines = [line.strip() for line in stream]
    for line in lines:
        word = line.split(" ", 1)[0]
        if word in pieces:
            if word == "msgid" and key is not None:
                entries[key] = pieces["msgstr"]
            part, pieces[word] = word, ""
        quoted = line[len(word) :].strip() if word in pieces else line
        if quoted.startswith('"') and part:
            pieces[part] += _unescape(quoted[1:-1])
            key = pieces["msgid"]
    if key is not None:
        entries[key] = pieces["msgstr"]
    entries.pop("", None)
    return entries


def _unescape(quoted):
    """What a quoted PO string stands for."""
    return quoted.replace("\\\\", "\0").replace("\\n", "\n").replace('\\"', '"').replace("\0", "\\")
