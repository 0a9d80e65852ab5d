"""Invented names of people and places in the style of Guangxi. Nobody and nowhere real."""

from __future__ import annotations

import random

SURNAMES = "覃韦黄莫蒙农陆梁廖卢罗蓝潘唐李陈周吴杨邓谭何石玉闭零岑甘凌班"
MALE = "建国强勇军华明志文海龙福贵生林安平东德才光荣春旺耀宗承祖永泰金"
FEMALE = "秀英兰芳丽梅春花玉珍凤美莲桂月娥娟艳红燕妹金彩云清香雪萍翠琼"
SHARED = "家世宏达仁义新成立正天广学思敏慧佳俊子雨晨欣怡梓涵宇"
RARE = ("覃𬭎华", "韦䶮", "黄㛃", "莫𬱖", "农𫍯文", "蒙𪩘", "罗婻", "陆堃玥")
DOTTED = ("阿依·古丽", "买买提·艾山", "卓玛·央金", "艾力·吐尔逊")

TOWNS = {
    "452921": ("龙塘镇", "青石镇", "板隆乡"),
    "452922": ("沐阳镇", "江洲镇", "古桥乡"),
    "452923": ("岭脚镇", "望江镇", "弄坪乡"),
}
# 新村 and 大坡 stand in more than one town; 青桐 is a village and a neighbourhood of one town.
BARE = {
    "452921": (
        ("青桐", "青桐", "新村", "大坡", "那良", "六合"),
        ("新村", "上坪", "石湾", "百乐", "平安"),
        ("弄怀", "大坡", "板棍", "坡荷", "三江口"),
    ),
    "452922": (
        ("沐东", "新村", "河口", "江背", "古丁", "长塘"),
        ("江洲", "新村", "渡头", "白沙", "老圩"),
        ("古桥", "龙眼", "木棉", "六往", "塘屯"),
    ),
    "452923": (
        ("岭脚", "大坡", "茶山", "水源", "上林峒", "南蛇"),
        ("望江", "大坡", "黄泥", "六月", "双桂"),
        ("弄坪", "弄雷", "陇那", "百谷", "岜独"),
    ),
}
GROUPS = ("第一组", "第二组", "第三组", "第四组", "那洞屯", "坡上屯")


def person_name(rng: random.Random, male: bool, surname: str = "") -> str:
    """Return a full name; about one in forty has a rare character or a dot when no surname is asked for."""
    if not surname and rng.random() < 0.015:
        return rng.choice(RARE if rng.random() < 0.7 else DOTTED)
    pool = (MALE if male else FEMALE) + SHARED
    given = rng.choice(pool) + (rng.choice(pool) if rng.random() < 0.8 else "")
    return (surname or rng.choice(SURNAMES)) + given
