"""Reading takes about three times the file's size in memory, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROWS = 690_000
FIXED = 40 << 20  # Arrow's read buffers and the modules that the first call imports
MEASURE = """
import pathlib, re, sys
from kit.tables import read_table
def peak():  # not ru_maxrss, which begins at the size of the process that started this one
    return int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) * 1024
before = peak()
result = read_table(sys.argv[1])
print(len(result.table), peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is asked of Linux here")
@pytest.mark.parametrize("codec", ["utf-8", "latin-1"])
def test_peak_memory_is_about_three_times_the_file(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "predios.csv"
    with path.open("w", encoding=codec) as out:
        out.write("CVE_CAT_EST,COLONIA,USO,SUP_TERRENO,VALOR_CATASTRAL,FECHA_MOV\n")
        for i in range(ROWS):
            day = f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/{1990 + i % 25}"
            out.write(f"{i:031d},Peñón {i % 300},HABITACIONAL,{i % 900}.25,{i * 7 % 999_983}.50,{day}\n")
    size = path.stat().st_size
    assert size > 55_000_000
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    height, grown = map(int, done.stdout.split())
    assert height == ROWS
    assert grown < 3 * size + FIXED
