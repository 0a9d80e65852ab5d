"""Parameters of the link model (Fellegi-Sunter): m and u probabilities and the two thresholds. No comparing here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

# Comparison → its levels from strongest to weakest agreement; the last is "none of these". Chinese: the reason shown.
LEVELS: dict[str, dict[str, str]] = {
    "name": {
        "same": "姓名相同",
        "lost": "姓名可辨认的字相同",
        "sound": "姓名同音",
        "shape": "姓名字形相近",
        "given": "名相同，姓不同",
        "one_off": "姓名差一个字",
        "half": "两个字的姓名有一个字相同",
        "different": "姓名不同",
    },
    "number": {
        "one_off": "证号仅差一位或相邻两位颠倒",
        "readable": "证号可辨认的各位相同",
        "two_off": "证号差两位",
        "born": "出生日期相同",
        "born_near": "出生日期相近",
        "unreadable": "证号损坏，无法比较",
        "different": "证号和出生日期不符",
    },
    "sex": {"same": "性别相同", "different": "性别不同"},
    "place": {"village": "同村", "town": "同乡镇不同村", "county": "同县", "different": "不同县"},
    "head": {"same": "户主相同", "near": "户主姓名相近", "different": "户主不同"},
    "account": {"same": "账号相同", "different": "账号不同"},
}


@dataclass(frozen=True)
class Parameters:
    """One version of the trained model.

    Attributes:
        version: number of the file.
        trained_on: what it was trained on, in words.
        coverage: the share of rows whose person is among the people.
        upper: from this probability on a link is probable.
        lower: from this probability on a link is a question.
        margin: how many bits better than the next candidate a probable link must be.
        agrees: comparison → level → probability of that level for two rows of one person (m).
        chance: the same for two rows of different people (u).
    """

    version: int
    trained_on: str
    coverage: float
    upper: float
    lower: float
    margin: float
    agrees: dict[str, dict[str, float]]
    chance: dict[str, dict[str, float]]

    def __post_init__(self) -> None:
        for table in (self.agrees, self.chance):
            if {name: list(levels) for name, levels in table.items()} != {n: list(v) for n, v in LEVELS.items()}:
                raise ValueError("these parameters were made for other comparison levels; train again")

    def save(self, folder: Path) -> Path:
        """Write `parameters-<version>.json`; a version is never written over.

        Raises:
            FileExistsError: that version is there.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"parameters-{self.version}.json"
        with path.open("x", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=2)
            file.write("\n")
        return path


def load(path: Path) -> Parameters:
    """Read one version."""
    return Parameters(**json.loads(path.read_text(encoding="utf-8")))


def versions(folder: Path) -> list[int]:
    """Return the numbers of the versions kept, ascending; none is read."""
    return sorted(int(path.stem.split("-")[1]) for path in folder.glob("parameters-*.json"))


def newest(folder: Path) -> Parameters:
    """Read the version with the highest number.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it was made for other comparison levels.
    """
    number = max(versions(folder), default=1)
    return load(folder / f"parameters-{number}.json")
