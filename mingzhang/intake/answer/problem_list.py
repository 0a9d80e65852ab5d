"""The page that lists every problem of intake with its level and sentence, from `problems.py`. No sentence of its own."""

from __future__ import annotations

from mingzhang.catalog.words import PROBLEM_LEVELS, WAIVABLE
from mingzhang.intake.problems import PROBLEMS, REFUSED

HEAD = """# 入库检查的问题

本页由 `make docs` 根据 `mingzhang/intake/problems.py` 生成，请不要手工修改。

代码是固定的，可以用在程序里；大括号里的字由每一份文件填入。“暂缓”是问题：整份文件等有权限的人回答，列的问题在上传页
“表头怎样读的”里选定，其余的由复核人员确认接收或不收；“提醒”不影响入库；“不收此行”退回更正；“说明”只是告知。
"""
ORDER = ("hold", "reject", "warn", "note")


def markdown() -> str:
    """Return the page: problems by level, then the reasons that refuse a whole file."""
    lines = [HEAD]
    for level in ORDER:
        own = sorted((code, text) for code, (found, text) in PROBLEMS.items() if found == level)
        lines += [f"## {PROBLEM_LEVELS[level]}\n", "| 代码 | 可豁免 | 说明 |\n|---|---|---|"]
        lines += [
            f"| `{code}` | {'是' if code in WAIVABLE else ''} | {text.replace('|', '｜')} |" for code, text in own
        ]
        lines.append("")
    lines += ["## 整份不收\n", "| 代码 | 说明 |\n|---|---|"]
    lines += [f"| `{code}` | {text.replace('|', '｜')} |" for code, text in sorted(REFUSED.items())]
    return "\n".join(lines) + "\n"
