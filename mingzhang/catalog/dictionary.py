"""Writes the data dictionary from the catalogue: what each kind of file holds. No layout is described by hand."""

from __future__ import annotations

from collections.abc import Iterator

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Field, Layout, Programme, Register

TYPES = {
    "idno": "身份证号（文本）",
    "account": "银行账号（文本）",
    "name": "姓名",
    "text": "文字",
    "code": "编码（文本）",
    "fen": "金额（元）",
    "number": "数字",
    "count": "整数",
    "date": "日期",
    "month": "月份",
    "period": "月份或起止月份",
    "flag": "是/否",
    "programme": "补贴项目",
    "village": "村（社区）",
    "relation": "与户主关系",
}
FREQUENCIES = {"monthly": "按月", "quarterly": "按季", "yearly": "按年", "once": "一次", "term": "按学期"}
CLASSES = {"N": "村内公示姓名", "B": "只在村务公开栏张贴", "A": "只公布合计"}
HEAD = """\
# 数据字典

本页由 `make docs` 根据 `mingzhang/catalog/` 生成，请不要手工修改。

表头按“列名”或“也认”的任何一种写都可以；空格、换行、括号里的单位不影响识别。认不出的列会列为“忽略”，不会悄悄丢掉。
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _field(field: Field) -> str:
    need = "必须有，且每行要填" if field.filled else "必须有" if field.required else ""
    notes = [field.note, f"只能填：{'、'.join(field.choices)}" if field.choices else ""]
    cells = (field.label, TYPES[field.type], need, "、".join(field.synonyms), "；".join(filter(None, notes)))
    return f"| {' | '.join(map(_cell, cells))} |"


def _layout(layout: Layout) -> Iterator[str]:
    yield f"### {layout.title}（`{layout.slug}`）\n"
    if isinstance(layout, Register):
        kept = "新的代替旧的" if layout.versions == "latest" else "每月一份，各说各月"
        stale = f"超过 {layout.stale_after_months} 个月没有更新，相关规则改为“不适用”"
        yield f"提供部门：{layout.department}。{kept}；{stale}。\n"
    if layout.note:
        yield f"{layout.note}\n"
    yield "| 列名 | 内容 | 要求 | 也认 | 说明 |\n|---|---|---|---|---|"
    yield from map(_field, layout.fields)
    yield ""


def _programme(programme: Programme) -> str:
    cells = (
        programme.code or "–",
        f"`{programme.slug}`",
        programme.name,
        programme.department,
        f"{programme.unit}，{FREQUENCIES[programme.frequency]}",
        CLASSES[programme.disclosure],
        "、".join(programme.aliases),
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def markdown(known: Catalogue) -> str:
    """Return the data dictionary page, one section per kind of file, register and programme table."""
    lines = [HEAD, "## 送报文件\n"]
    for kind in known.kinds.values():
        lines += _layout(kind)
    lines.append("## 部门数据\n")
    for register in known.registers.values():
        lines += _layout(register)
    lines += [
        "## 补贴项目\n",
        "| 编码 | 短名 | 名称 | 主管部门 | 计量 | 公开方式 | 也认 |\n|---|---|---|---|---|---|---|",
    ]
    lines += map(_programme, known.programmes.values())
    return "\n".join(lines) + "\n"
