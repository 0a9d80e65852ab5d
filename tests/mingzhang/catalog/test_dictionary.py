"""The data dictionary page says what the catalogue says."""

from __future__ import annotations

import dataclasses

from mingzhang.catalog.dictionary import markdown
from mingzhang.catalog.load import catalogue


def test_every_field_of_every_layout_is_there() -> None:
    page = markdown(catalogue())
    for layout in [*catalogue().kinds.values(), *catalogue().registers.values()]:
        section = page.split(f"（`{layout.slug}`）", 1)[1].split("\n### ")[0]
        assert all(f"| {field.label} |" in section for field in layout.fields), layout.slug


def test_a_changed_label_changes_the_page() -> None:
    known = catalogue()
    roster = known.kinds["roster"]
    renamed = roster.model_copy(
        update={"fields": (roster.fields[0].model_copy(update={"label": "顺序|号"}), *roster.fields[1:])}
    )
    page = markdown(dataclasses.replace(known, kinds={**known.kinds, "roster": renamed}))
    assert "| 顺序\\|号 |" in page
    assert page != markdown(known)
