"""Whether the package registry answers, and what this machine is called in the name of a wheel."""

from __future__ import annotations

import os
import platform
import sys
import urllib.error
import urllib.request

DEFAULT_REGISTRY = "https://pypi.org/simple"


def registry() -> str:
    """The address of the registry in force, the same variables read as uv and pip do."""
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if os.environ.get(variable):
            return os.environ[variable].rstrip("/")
    return DEFAULT_REGISTRY


def registry_answers(seconds: float = 15) -> bool:
    """Whether the registry answers at all, be it with a refusal."""
    address = f"{registry()}/pip/"
    if not address.startswith(("https://", "http://")):
        return True
    request = urllib.request.Request(address, method="HEAD")  # noqa: S310 - http(s) only, checked above
    try:
        with urllib.request.urlopen(request, timeout=seconds):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def this_machine() -> str:
    """System, processor and Python, as a trainer needs them to make a wheelhouse: "windows-amd64, Python 3.12"."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{platform.system()}-{platform.machine()}, Python {version}".lower().replace("python", "Python")
