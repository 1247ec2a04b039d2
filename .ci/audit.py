"""Look for known holes in what requirements.lock pins; ``make audit``.

Exit codes: 0 none is known, or the service that knows could not be asked (which is said; with
LEVIBOT_REQUIRE_AUDIT=1 that is 2); 1 there are some, and the table says in which version they are mended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

LOCK = Path(__file__).parents[1] / "requirements.lock"
LIMIT_S = 300


class Verdict(NamedTuple):
    """What is known of the packages, in words, and the exit code."""

    code: int
    text: str


def main() -> int:
    """Ask, print the verdict, and return the exit code."""
    found = verdict(asked(), required=os.environ.get("LEVIBOT_REQUIRE_AUDIT") == "1")
    sys.stdout.write(f"{found.text}\n")
    return found.code


def asked() -> str:
    """Return what pip-audit says, as JSON; "" where it fails."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_S)  # noqa: S603
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def verdict(told: str, *, required: bool) -> Verdict:
    """Return the verdict on pip-audit's answer; what it could not look up is not without holes."""
    try:
        packages: list[dict[str, Any]] = json.loads(told)["dependencies"]
    except (ValueError, KeyError):
        packages = []
    known = [package for package in packages if "vulns" in package]
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions'])}"
        for package in known
        for hole in package["vulns"]
    ]
    if holes:
        return Verdict(1, "\n".join(["audit: known holes in what is locked:", *holes]))
    missing = len(packages) - len(known)
    if not known or missing:
        what = f"{missing} of {len(packages)} packages" if known else "any package"
        return Verdict(2 if required else 0, f"audit: the vulnerability service did not tell of {what}")
    return Verdict(0, f"audit: no known hole in {len(known)} packages")


if __name__ == "__main__":
    raise SystemExit(main())
