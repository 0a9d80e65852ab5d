"""Provides a browser for the walks: Debian's chromium and Chinese fonts where apt-get works, else Playwright's own.

`python -m tests.browser.install_chromium` is called by `make test`. With CI=true a missing browser is an error, else a remark.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
MINUTES = 15


def system_browser() -> Path | None:
    """Return a Chromium installed on this machine, or None."""
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def own_browser() -> Path | None:
    """Return Playwright's own Chromium if it has been downloaded, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def browser() -> Path | None:
    """Return the browser to use."""
    return system_browser() or own_browser()


def has_chinese_fonts() -> bool:
    """Tell whether Chinese text will be more than empty boxes."""
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
        return bool(listed.stdout.strip())
    return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))


def install() -> bool:
    """Install what is missing; return whether the installer succeeded."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if run(["apt-get", "update", "-q"], quiet) and run(
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", *PACKAGES], quiet
        ):
            return True
    return run([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def run(command: list[str], environment: dict[str, str]) -> bool:
    """Run an installer quietly; show its output only when it fails."""
    try:
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=MINUTES * 60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
        return False
    if ended.returncode:
        print(f"{' '.join(command)} failed:\n{ended.stderr[-2000:]}", file=sys.stderr)
    return ended.returncode == 0


def main() -> int:
    """Provide a browser; return the exit status."""
    if not (system_browser() and has_chinese_fonts()):
        install()
    found = browser()
    if found is None:
        print("No browser could be provided; the browser walks cannot run.", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    fonts = "" if has_chinese_fonts() else " (no Chinese fonts: pictures will show empty boxes)"
    print(f"browser: {found}{fonts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
