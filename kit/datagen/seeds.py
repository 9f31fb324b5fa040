"""Random streams by name: every part of the city draws from its own, so a new part never changes an earlier one."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, part: str) -> np.random.Generator:
    """The generator (PCG64) of one named part, for instance ``stream(2015, "colonias")``.

    The name enters the seed as its CRC-32, not as a position in a list: adding "bus-stops" between two parts leaves
    the bytes of both as they were.
    """
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(zlib.crc32(part.encode("ascii")),))
    return np.random.Generator(np.random.PCG64(sequence))
