"""Where the project's own files lie, for tests that read them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HANDMADE = ROOT / "sample_data" / "handmade"
