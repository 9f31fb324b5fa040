"""Portfolios to make documents from (full, half done, empty), and LibreOffice to look at the result."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import docx
import pytest

from kit import demo
from kit.documents import dossier
from kit.messages import speaking
from kit.portfolio import Portfolio
from kit.steps import inventory as inventories
from kit.steps.examples import example
from kit.steps.inventory import Inventory
from kit.steps.readiness import Readiness
from tests.conftest import IN_CI


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All ten steps of the teaching city, made once."""
    folder = tmp_path_factory.mktemp("documents") / "demo"
    with speaking("es"):
        demo.run(folder)
    return folder


@pytest.fixture(scope="session")
def told_in(demo_folder: Path):
    """The full portfolio's dossier in a language, told once; only to be looked at."""
    return lru_cache(lambda lang: dossier(Portfolio.open(demo_folder), lang, today=dt.date(2026, 3, 2)))


@pytest.fixture
def full(demo_folder: Path, tmp_path: Path) -> Portfolio:
    """A portfolio with every step done, which the test may spoil."""
    shutil.copytree(demo_folder, tmp_path / "full")
    return Portfolio.open(tmp_path / "full")


@pytest.fixture
def partial(tmp_path: Path) -> Portfolio:
    """A portfolio with readiness and inventory only."""
    portfolio = Portfolio.create(tmp_path / "partial", title="Valle Abierto")
    Readiness.of(example("readiness")).save(portfolio)
    Inventory.read(inventories.example())[0].save(portfolio)
    return portfolio


@pytest.fixture
def empty(tmp_path: Path) -> Portfolio:
    """A portfolio with nothing in it."""
    return Portfolio.create(tmp_path / "empty")


@pytest.fixture(scope="session")
def to_pdf(tmp_path_factory: pytest.TempPathFactory):
    """LibreOffice: Word files in, the words of their PDF out; skips without it, fails without it in CI."""
    office = shutil.which("soffice")
    if not office or not shutil.which("pdftotext"):
        reason = "soffice or pdftotext is not on this machine: run scripts/install-debian.sh"
        pytest.fail(reason) if IN_CI else pytest.skip(reason)
    profile = tmp_path_factory.mktemp("profile")

    def convert(files: list[Path]) -> dict[str, str]:
        out = tmp_path_factory.mktemp("pdf")
        command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", str(out), *map(str, files)], check=True, capture_output=True, timeout=300)
        return {file.name: words_of_pdf(out / f"{file.stem}.pdf") for file in files}

    return convert


def words_of_pdf(path: Path) -> str:
    """The words of a PDF file, blanks folded."""
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], check=True, capture_output=True)
    return " ".join(done.stdout.decode("utf-8").split())


@pytest.fixture
def pdf_words(tmp_path: Path):
    """The words of a PDF's bytes."""
    if not shutil.which("pdftotext"):
        reason = "pdftotext is not on this machine: run scripts/install-debian.sh"
        pytest.fail(reason) if IN_CI else pytest.skip(reason)

    def words(content: bytes) -> str:
        path = tmp_path / "words.pdf"
        path.write_bytes(content)
        return words_of_pdf(path)

    return words


@pytest.fixture
def docx_words():
    """All words of a Word file: body, tables, header and footer."""

    def words(content: bytes) -> str:
        document = docx.Document(io.BytesIO(content))
        parts = [document.element.body]
        for section in document.sections:
            parts += [section.header._element, section.footer._element]
        texts = []
        for part in parts:
            for paragraph in part.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
                texts.append("".join(node.text or "" for node in paragraph.iter() if node.tag.endswith("}t")))
        return re.sub(r"\s+", " ", "\n".join(texts))

    return words
