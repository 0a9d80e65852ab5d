"""Labelled damage for measuring who-is-who: rows without a usable number, the people they may mean, and the truth.

    python -m sample_data.damage --out DIR --seed 1 [--slips own|other]

Writes `lines.csv`, `people.csv`, `truth.csv`. The people are the generator's, with twins, namesakes and relatives added;
one row in ten means somebody who is not among the people. How often each kind of damage happens is our assumption.

A wrong character of a name is drawn in one of two ways. `own`: another character of the same pinyin, or a known lookalike;
that is what our keys were made for, and favours them. `other`: from sources our keys do not know, namely characters a
southern ear hears alike (n for l, z for zh, in for ing, f for h) and the neighbours of the same radical and about as many
strokes in the order of Unicode. The model learns on `own` and is measured on each.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from pypinyin import lazy_pinyin

from sample_data import base
from sample_data.generate import END_MONTH, SIZES
from sample_data.names import person_name
from sample_data.numbers import check_digit
from sample_data.world import District, Person

Slip = Callable[[str, random.Random], str]
Wrong = tuple[Slip, Slip]
FIELDS = ("record_id", "name", "idno", "born_on", "sex", "county_code", "village_code", "head_name", "account")
ABSENT, TWIN, NAMESAKE = 0.10, 0.02, 0.03
# What a clerk's eye or an old printout takes for another character.
LOOKS_LIKE = dict(
    zip(
        "兰建国军明华海平凤荣秀玉金春清彩妹娟覃韦岑闭梁李天文福贵志宏",
        "蓝健围车朋毕悔乎风莱季王全舂情采姝捐潭伟芩闲粱季夫丈副责忠宠",
        strict=True,
    )
)
TRADITIONAL = str.maketrans("黄韦华国丽", "黃韋華國麗")
LETTERS = {"0": "O", "1": "l", "5": "S", "8": "B"}


def labelled(
    seed: int, size: str = "full", slips: str = "own"
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[tuple[str, str]]]:
    """Return damaged rows, people, and the pairs (row, person) that are one.

    Args:
        seed: chooses everything; the same seed gives the same rows.
        size: of the district, as in `generate`.
        slips: where wrong characters of names come from: `own` or `other`.
    """
    wrong = WRONG[slips]
    district = District(seed, END_MONTH, SIZES[size])
    base.build(district)
    rng = district.rng("damage")
    _lookalike_people(district, rng)
    everybody = [p for county in district.households.values() for household in county for p in household.members]
    absent = {person.idno for person in everybody if rng.random() < ABSENT}
    people = [_row(person.idno, person) for person in everybody if person.idno not in absent]
    lines, truth = [], []
    for number, person in enumerate(everybody):
        line = _damaged(f"line-{number:05d}", person, rng, wrong)
        lines.append(line)
        if person.idno not in absent:
            truth.append((line["record_id"], person.idno))
    return lines, people, truth


def _lookalike_people(district: District, rng: random.Random) -> None:
    """Add twins of the same sex under neighbouring numbers, and namesakes in the same village."""
    for county, households in district.households.items():
        for household in list(households):
            for person in list(household.members):
                chance = rng.random()
                if chance < TWIN:
                    _twin(district, person, rng)
                elif chance < TWIN + NAMESAKE:
                    other = district.household(county, household.village)
                    district.person(other, "户主", rng.uniform(20, 80), person.male).name = person.name


def _twin(district: District, person: Person, rng: random.Random) -> None:
    body = person.idno[:14] + f"{(int(person.idno[14:17]) + 2) % 1000:03d}"
    if body in district.numbers.used:
        return
    district.numbers.used.add(body)
    twin = district.person(person.household, person.relation, 0, person.male, surname=person.name[0], born=person.born)
    twin.idno = body + check_digit(body)
    while twin.name[:-1] != person.name[:-1] or twin.name == person.name:
        twin.name = person.name[:-1] + person_name(rng, person.male, "韦")[-1]


def _row(record_id: str, person: Person) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "name": person.name,
        "idno": person.idno,
        "born_on": person.born.isoformat(),
        "sex": "男" if person.male else "女",
        "county_code": person.household.village.county,
        "village_code": person.household.village.code,
        "head_name": person.household.head.name,
        "account": person.account,
    }


def _damaged(record_id: str, person: Person, rng: random.Random, wrong: Wrong) -> dict[str, Any]:
    row = _row(record_id, person)
    row["idno"] = _number(person.idno, rng)
    row["name"] = _name(person.name, rng, wrong)
    row["born_on"] = row["born_on"] if rng.random() < 0.10 else ""
    row["sex"] = row["sex"] if rng.random() < 0.30 else ""
    if rng.random() < 0.08:
        village = rng.choice([v for v in _villages(person) if v != row["village_code"]])
        row["village_code"] = rng.choice(("", village))
    if rng.random() < 0.20:
        row["head_name"] = rng.choice(("", _name(row["head_name"], rng, wrong)))
    if rng.random() < 0.20:
        row["account"] = rng.choice(("", person.household.head.account, f"629945{rng.randrange(10**13):013d}"))
    return row


def _villages(person: Person) -> list[str]:
    code = person.household.village.code
    return [code[:9] + f"{number:03d}" for number in (201, 202, 203)]


def _number(number: str, rng: random.Random) -> str:
    place = rng.randrange(17)
    digit = rng.choice([d for d in "0123456789" if d != number[place]])
    second = rng.choice([p for p in range(17) if p != place])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    letter = next((p for p in range(17) if number[p] in LETTERS), None)
    kinds = {
        "one digit": (24, number[:place] + digit + number[place + 1 :]),
        "swap": (10, swapped if swapped != number else number[:17] + ("8" if number[17] != "8" else "3")),
        "lost": (10, number[:place] + number[place + 1 :]),
        "gained": (5, number[:place] + digit + number[place:]),
        "two digits": (6, _two(number, place, digit, second)),
        "letter": (5, number if letter is None else number[:letter] + LETTERS[number[letter]] + number[letter + 1 :]),
        "masked": (10, number[:6] + "*" * 8 + number[14:]),
        "zeros": (5, _unusable(number[:15] + "000")),
        "half": (3, number[:14]),
        "scientific": (4, f"{number[0]}.{number[1:6]}E+17"),
        "missing": (18, ""),
    }
    weights = [weight for weight, _ in kinds.values()]
    return rng.choices([text for _, text in kinds.values()], weights)[0]


def _two(number: str, place: int, digit: str, second: int) -> str:
    damaged = number[:place] + digit + number[place + 1 :]
    damaged = damaged[:second] + str((int(damaged[second]) + 3) % 10) + damaged[second + 1 :]
    return _unusable(damaged)


def _unusable(number: str) -> str:
    """Return a number that fails its check: one damaged number in eleven passes, and is then a usable foreign one."""
    return number if check_digit(number[:17]) != number[17] else number[:17] + ("1" if number[17] != "1" else "2")


def _name(name: str, rng: random.Random, wrong: Wrong) -> str:
    place = rng.randrange(len(name))
    character = name[place]
    changed = {
        "same": (72, name),
        "sound": (7, name[:place] + wrong[0](character, rng) + name[place + 1 :]),
        "shape": (6, name[:place] + wrong[1](character, rng) + name[place + 1 :]),
        "lost": (5, name[:place] + rng.choice("?□\ue08b") + name[place + 1 :]),
        "blank": (4, "　".join(name)),
        "remark": (2, name + "（户主）"),
        "dot": (1, name.replace("·", "•")),
        "traditional": (1, name.translate(TRADITIONAL)),
        "dropped": (2, name[:-1] if len(name) > 2 else name),
    }
    return rng.choices([text for _, text in changed.values()], [weight for weight, _ in changed.values()])[0]


def _homophone(character: str, rng: random.Random) -> str:
    """Return another common character of the same sound: what an input method offers beside the right one."""
    alike = [other for other in _by_sound().get(_sound(character), "") if other != character]
    return rng.choice(alike) if alike else character


def _lookalike(character: str, rng: random.Random) -> str:
    return LOOKS_LIKE.get(character, character)


def _heard_alike(character: str, rng: random.Random) -> str:
    """Return a common character of another pinyin that many in the south do not hear apart."""
    heard = _ear(_sound(character))
    alike = [other for sound, others in _by_sound().items() if _ear(sound) == heard for other in others]
    alike = [other for other in alike if _sound(other) != _sound(character)]
    return rng.choice(alike) if alike else character


def _ear(sound: str) -> str:
    """Return a syllable without the differences southern Mandarin drops."""
    for written, heard in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("hu", "f"), ("r", "l")):
        if sound.startswith(written):
            sound = heard + sound[len(written) :]
            break
    return sound[:-1] if sound.endswith("ng") else sound


def _neighbour(character: str, rng: random.Random) -> str:
    """Return a character of GB 2312 that stands near in the order of Unicode: by radical, then by strokes."""
    near = [chr(ord(character) + step) for step in range(-12, 13) if step]
    alike = [other for other in near if other in _gb2312()]
    return rng.choice(alike) if alike else character


@cache
def _gb2312() -> frozenset[str]:
    rows = (bytes((0xB0 + index // 94, 0xA1 + index % 94)) for index in range(72 * 94))
    return frozenset(row.decode("gb2312", errors="ignore") for row in rows)


def _sound(character: str) -> str:
    return lazy_pinyin(character, errors="ignore")[0] if lazy_pinyin(character, errors="ignore") else ""


@cache
def _by_sound() -> dict[str, str]:
    """Return the common characters (first level of GB 2312) by their pinyin without tones."""
    found: dict[str, str] = {}
    for index in range(3755):
        character = bytes((0xB0 + index // 94, 0xA1 + index % 94)).decode("gb2312")
        found[_sound(character)] = found.get(_sound(character), "") + character
    return found


# How a character comes to be wrong by ear, and how by eye.
WRONG = {
    "own": (_homophone, _lookalike),
    "other": (_heard_alike, _neighbour),
}


def write(folder: Path, seed: int, size: str = "full", slips: str = "own") -> None:
    """Write the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    lines, people, truth = labelled(seed, size, slips)
    for name, rows in (("lines", lines), ("people", people)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("left", "right"))
        table.writerows(truth)


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description="生成带标注的损坏样本，用来衡量认人的准确程度")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=sorted(SIZES), default="full")
    parser.add_argument("--slips", choices=sorted(WRONG), default="own", help="写错的字从哪里来")
    options = parser.parse_args()
    write(options.out, options.seed, options.size, options.slips)


if __name__ == "__main__":
    main()
