"""Characters that stand for others: radicals and compatibility forms, and text read in the wrong encoding. No columns."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

# Each radical followed by its character: the property EquivalentUnifiedIdeograph of the Unicode Character Database
# (UAX #44), for the blocks U+2E80–2EFF and U+2F00–2FDF.
_PAIRS = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑"
    "⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟⼀一⼁丨⼂丶⼃丿⼄乙⼅亅"
    "⼆二⼇亠⼈人⼉儿⼊入⼋八⼌冂⼍冖⼎冫⼏几⼐凵⼑刀⼒力⼓勹⼔匕⼕匚⼖匸⼗十⼘卜⼙卩⼚厂⼛厶⼜又⼝口⼞囗⼟土⼠士⼡夂⼢夊⼣夕⼤大⼥女⼦子⼧宀⼨寸⼩小⼪尢⼫尸⼬屮⼭山⼮巛⼯工⼰己⼱巾⼲干⼳幺⼴广⼵廴⼶廾⼷弋⼸弓⼹彐⼺彡⼻彳⼼心⼽戈⼾戶⼿手⽀支⽁攴"
    "⽂文⽃斗⽄斤⽅方⽆无⽇日⽈曰⽉月⽊木⽋欠⽌止⽍歹⽎殳⽏毋⽐比⽑毛⽒氏⽓气⽔水⽕火⽖爪⽗父⽘爻⽙爿⽚片⽛牙⽜牛⽝犬⽞玄⽟玉⽠瓜⽡瓦⽢甘⽣生⽤用⽥田⽦疋⽧疒⽨癶⽩白⽪皮⽫皿⽬目⽭矛⽮矢⽯石⽰示⽱禸⽲禾⽳穴⽴立⽵竹⽶米⽷糸⽸缶⽹网⽺羊⽻羽⽼老⽽而"
    "⽾耒⽿耳⾀聿⾁肉⾂臣⾃自⾄至⾅臼⾆舌⾇舛⾈舟⾉艮⾊色⾋艸⾌虍⾍虫⾎血⾏行⾐衣⾑襾⾒見⾓角⾔言⾕谷⾖豆⾗豕⾘豸⾙貝⾚赤⾛走⾜足⾝身⾞車⾟辛⾠辰⾡辵⾢邑⾣酉⾤釆⾥里⾦金⾧長⾨門⾩阜⾪隶⾫隹⾬雨⾭靑⾮非⾯面⾰革⾱韋⾲韭⾳音⾴頁⾵風⾶飛⾷食⾸首⾹香"
    "⾺馬⾻骨⾼高⾽髟⾾鬥⾿鬯⿀鬲⿁鬼⿂魚⿃鳥⿄鹵⿅鹿⿆麥⿇麻⿈黃⿉黍⿊黑⿋黹⿌黽⿍鼎⿎鼓⿏鼠⿐鼻⿑齊⿒齒⿓龍⿔龜⿕龠"
)
UNIFIED = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
# Compatibility ideographs: NFC alone gives the unified one.
STAND_INS = r"[\x{2E80}-\x{2FD5}\x{F900}-\x{FAFF}]"
_STAND_IN = re.compile("[\u2e80-\u2fd5\uf900-\ufaff]")
_TABLE = str.maketrans(UNIFIED)
HAN = re.compile(r"^[\u3400-\u9fff·]+$")
# The first byte of a Han character in UTF-8 is E4 to E9, the second 80 to BF: read as GB18030 the two are one of these.
_FIRST = "".join(
    bytes((lead, trail)).decode("gb18030") for lead in range(0xE4, 0xEA) for trail in range(0x80, 0xC0) if trail != 0x7F
)
MISREAD = f"^[{_FIRST}]."


def unified(text: str) -> str:
    """Return a text with radicals and compatibility forms as the characters they stand for."""
    if not _STAND_IN.search(text):
        return text
    text = text.translate(_TABLE)
    return "".join(_compatible(character) for character in text)


def _compatible(character: str) -> str:
    return unicodedata.normalize("NFC", character) if "\uf900" <= character <= "\ufaff" else character


def unify(values: pl.Series) -> pl.Series:
    """Return cells with radicals and compatibility forms as the characters they stand for; the same series if none has any."""
    odd = values.str.contains(STAND_INS).fill_null(False)
    if not odd.any():
        return values
    spellings = values.filter(odd).unique()
    table = pl.DataFrame({"before": spellings, "after": [unified(text) for text in spellings]})
    joined = pl.DataFrame({"before": values}).join(table, on="before", how="left", maintain_order="left")
    return joined.select(pl.coalesce("after", "before").alias(values.name)).to_series()


def misread(values: pl.Series) -> dict[str, str]:
    """Return the names that are UTF-8 read as GB18030, each with what its bytes say; a lost last character is left out."""
    suspects = values.filter(values.str.contains(MISREAD).fill_null(False)).unique().to_list()
    found = {text: _as_utf8(text) for text in suspects}
    return {text: reading for text, reading in found.items() if reading}


def _as_utf8(text: str) -> str | None:
    try:
        raw = text.rstrip("?？\ufffd□").encode("gb18030")
    except UnicodeEncodeError:
        return None
    reading = raw.decode("utf-8", errors="ignore")
    lost = len(raw) - len(reading.encode())
    whole = lost == 0 or (lost <= 2 and len(text) > 1)
    return reading if whole and reading and HAN.match(reading) and len(reading) < len(text) + 1 else None
