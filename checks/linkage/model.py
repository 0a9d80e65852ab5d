"""The link model in Splink's terms: comparisons, blocking, settings. No data, no thresholds."""

from __future__ import annotations

import re
from typing import Any

from checks.linkage.parameters import LEVELS, Parameters

# Two valid numbers that differ belong to two people, however close they are: twins have neighbouring numbers.
ONE_NUMBER = "not coalesce(number_valid_l <> number_valid_r, false)"

# Characters compared one by one in a Chinese name.
LONGEST_NAME = 8

NULLS = {
    "name": "name_key_l is null or name_key_r is null",
    "number": "(number_l is null or number_r is null) and (born_l is null or born_r is null)",
    "sex": "sex_l is null or sex_r is null",
    "place": "county_code_l is null or county_code_r is null",
    "head": "head_key_l is null or head_key_r is null",
    "account": "account_l is null or account_r is null",
}


def one_character_apart(column: str) -> str:
    """Return SQL for "one character replaced, lost or gained", at most one of two names having two characters.

    DuckDB's distances count bytes, which is right for Latin letters only; a Chinese character has three.
    """
    a, b = f"{column}_l", f"{column}_r"
    replaced = " + ".join(f"(substr({a}, {n}, 1) <> substr({b}, {n}, 1))::int" for n in range(1, LONGEST_NAME + 1))
    lost = [
        f"substr({x}, 1, {n - 1}) || substr({x}, {n + 1}) = {y}"
        for x, y in ((a, b), (b, a))
        for n in range(1, LONGEST_NAME + 1)
    ]
    # Cheap, and true of any two names one character apart: millions of pairs stop here.
    start = (
        f"(substr({a}, 1, 1) = substr({b}, 1, 1) or substr({a}, 2) in ({b}, substr({b}, 2)) or substr({b}, 2) = {a})"
    )
    return f"""length({a}) + length({b}) >= 5 and {start} and case
        when strlen({a}) = length({a}) and strlen({b}) = length({b}) then damerau_levenshtein({a}, {b}) = 1
        when length({a}) = length({b}) then {replaced} = 1 and substr({a}, {LONGEST_NAME}) = substr({b}, {LONGEST_NAME})
        else {" or ".join(lost)} end"""


CONDITIONS = {
    "name": {
        "same": "name_key_l = name_key_r and not name_lost_l",
        "lost": "(name_lost_l or name_lost_r) and (name_key_l like name_key_r or name_key_r like name_key_l)",
        "sound": "name_sound_l = name_sound_r",
        "shape": "name_shape_l = name_shape_r",
        "given": "length(name_key_l) >= 3 and substr(name_key_l, 2) = substr(name_key_r, 2)",
        "one_off": one_character_apart("name_key"),
        "half": """length(name_key_l) = 2 and length(name_key_r) = 2
            and (substr(name_key_l, 1, 1) = substr(name_key_r, 1, 1) or substr(name_key_l, 2) = substr(name_key_r, 2))""",
    },
    "number": {
        "one_off": f"{ONE_NUMBER} and not has_mask_l and not has_mask_r and damerau_levenshtein(number_l, number_r) <= 1",
        "readable": f"{ONE_NUMBER} and (has_mask_l or has_mask_r) and (number_l like number_r or number_r like number_l)",
        "two_off": f"{ONE_NUMBER} and not has_mask_l and not has_mask_r and damerau_levenshtein(number_l, number_r) = 2",
        "born": f"{ONE_NUMBER} and born_l = born_r",
        "born_near": f"{ONE_NUMBER} and damerau_levenshtein(born_l, born_r) = 1",
        "unreadable": f"{ONE_NUMBER} and (born_l is null or born_r is null)",
    },
    "sex": {"same": "sex_l = sex_r"},
    "place": {
        "village": "village_code_l = village_code_r",
        "town": "town_code_l = town_code_r",
        "county": "county_code_l = county_code_r",
    },
    "head": {
        "same": "head_key_l = head_key_r",
        "near": one_character_apart("head_key"),
    },
    "account": {"same": "account_l = account_r"},
}

# Term-frequency adjustment: agreement on a rare value weighs more than on a common one.
FREQUENCIES = {
    ("name", "same"): "name_key",
    ("name", "sound"): "name_sound",
    ("name", "shape"): "name_shape",
    ("place", "village"): "village_code",
    ("place", "town"): "town_code",
    ("place", "county"): "county_code",
    ("head", "same"): "head_key",
}

BLOCKING = (
    # Name in one county, however it is spelt.
    "l.county_code = r.county_code and l.name_sound = r.name_sound",
    "l.village_code = r.village_code and l.name_shape = r.name_shape",
    # A lost character: the rest of the name, the household or the number must find the person.
    "l.village_code = r.village_code and l.surname = r.surname and (l.name_lost or r.name_lost)",
    "l.village_code = r.village_code and l.head_key = r.head_key",
    "l.village_code = r.village_code and l.born = r.born",
    # Errors usually fall in one part of the number; one of the other parts is intact.
    "substr(l.number, 1, 14) = substr(r.number, 1, 14)",
    "substr(l.number, 7, 12) = substr(r.number, 7, 12)",
    "substr(l.number, 1, 10) = substr(r.number, 1, 10) and substr(l.number, -4) = substr(r.number, -4)",
    "l.account = r.account",
)


def level_sql(name: str) -> str:
    """Return the SQL expression for the level of a comparison over rows `l` and `r`; null where it cannot be made."""
    cases = [f"when {NULLS[name]} then null"]
    cases += [f"when {condition} then '{level}'" for level, condition in CONDITIONS[name].items()]
    text = f"case {' '.join(cases)} else 'different' end"
    return re.sub(r"\b([a-z_]+)_(l|r)\b", r"\2.\1", text)


def comparisons(parameters: Parameters | None) -> list[dict[str, Any]]:
    """Return the comparisons as Splink wants them, with trained numbers or, for training, without."""
    return [_comparison(name, parameters) for name in LEVELS]


def _comparison(name: str, parameters: Parameters | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [{"sql_condition": NULLS[name], "label_for_charts": "null", "is_null_level": True}]
    for level in LEVELS[name]:
        entry: dict[str, Any] = {"sql_condition": CONDITIONS[name].get(level, "ELSE"), "label_for_charts": level}
        if parameters:
            entry |= {
                "m_probability": parameters.agrees[name][level],
                "u_probability": parameters.chance[name][level],
            }
            if column := FREQUENCIES.get((name, level)):
                entry |= {"tf_adjustment_column": column, "disable_tf_exact_match_detection": True}
        levels.append(entry)
    return {"output_column_name": name, "comparison_levels": levels}


def settings(parameters: Parameters | None, probability: float) -> dict[str, Any]:
    """Return Splink settings.

    Args:
        parameters: trained numbers, or None before training.
        probability: that two random rows, one from each side, are one person.
    """
    return {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": probability,
        "comparisons": comparisons(parameters),
        "blocking_rules_to_generate_predictions": list(BLOCKING),
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
    }
