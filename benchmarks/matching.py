"""How fast rows without a usable number find their people: 200,000 rows against five million people at full size.

    python -m benchmarks.matching [--people 5000000 --lines 200000]

Everybody is made by SQL from hashes, the same on every machine: villages of 300, households of three, names by a skewed
choice of surnames and characters. Damage: numbers one digit off, cut, masked or missing; sometimes name, village, head or
account too. Prints seconds, peak memory, and how many links are right; judges nothing.
"""

from __future__ import annotations

import argparse
import resource
import time

import duckdb
import polars as pl

from checks.linkage import parameters, probabilistic
from mingzhang.catalog.load import LINKAGE_PARAMETERS

LIMIT_SECONDS, LIMIT_GIB = 120, 10
FULL_PEOPLE, FULL_LINES = 5_000_000, 200_000
SURNAMES = "韦黄覃莫陆梁蒙农李罗陈卢廖蓝潘唐何周吴杨刘邓谭玉岑甘凌班苏石"
GIVEN = (
    "建国强勇军华明志文海龙福贵生林安平东德才光荣春旺耀宗承祖永泰金秀英兰芳丽梅花玉珍凤美莲桂月娥娟艳红燕妹彩云清香雪萍翠琼"
    "家世宏达仁义新成立正天广学思敏慧佳俊子雨晨欣怡梓涵宇波涛斌鹏飞杰超磊刚毅峰胜利祥瑞庆喜来有余田水土山石木森"
)

PEOPLE = """
    create table people as
    with seeds as (select i, hash(i) as h, hash(i, 1) as g, hash(i // 3, 2) as f from range($people) t(i)),
    made as (
        select i, i // 300 as village,
               $surnames[1 + floor(power(f % 1000 / 1000.0, 2) * length($surnames))::int] as surname,
               $given[1 + floor(power(h % 997 / 997.0, 1.5) * length($given))::int] as first,
               case when h % 5 > 0 then $given[1 + floor(power(g % 991 / 991.0, 1.5) * length($given))::int] else '' end as second,
               date '1935-01-01' + (h % 31000)::int as born, h, g, f, i % 3 = 0 as is_head
        from seeds),
    coded as (
        select *, 450000 + 100 * (village // 4500) + village // 150 % 30 + 1 as county, village // 15 % 10 as town, village % 15 as place
        from made),
    bodied as (
        select *, surname || first || second as name, county || strftime(born, '%Y%m%d') || lpad((i % 1000)::varchar, 3, '0') as body
        from coded)
    select i, i::varchar as record_id, name,
           body || substr('10X98765432', 1 + (list_sum(list_transform(range(17),
               lambda p: substr(body, p::int + 1, 1)::int * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][p + 1])) % 11)::int, 1) as idno,
           born as born_on, case when i % 2 = 1 then '男' else '女' end as sex, county::varchar as county_code,
           county || '1' || lpad(town::varchar, 2, '0') || '2' || lpad(place::varchar, 2, '0') as village_code,
           first_value(name) over (partition by i // 3 order by i) as head_name, '62' || lpad((g % 100000000000000)::varchar, 14, '0') as account
    from bodied
"""

LINES = """
    create table lines as
    with chosen as (select *, hash(i, 7) as d, hash(i, 8) as e from people where i % ($people // $lines) = 0 limit $lines)
    select 'l' || i as record_id, i::varchar as truth,
           case when e % 20 = 0 then substr(name, 1, 1) || '□' || substr(name, 3)
                when e % 20 = 1 then replace(replace(replace(name, '华', '花'), '明', '朋'), '覃', '秦') else name end as name,
           case d % 10 when 0 then null when 1 then null when 2 then substr(idno, 1, 17) when 3 then substr(idno, 1, 6) || '********' || substr(idno, 15)
                when 4 then substr(idno, 1, 14) when 5 then substr(idno, 1, 8) || substr(idno, 10, 1) || substr(idno, 9, 1) || substr(idno, 11)
                else substr(idno, 1, (d // 10 % 16)::int) || (1 + substr(idno, (d // 10 % 16)::int + 1, 1)::int) % 10 || substr(idno, (d // 10 % 16)::int + 2) end as idno,
           null::date as born_on, case when e % 3 = 0 then sex end as sex, county_code,
           case when e // 20 % 20 = 0 then null else village_code end as village_code,
           case when e // 400 % 5 = 0 then null else head_name end as head_name,
           case when e // 2000 % 4 = 0 then null else account end as account
    from chosen
"""


def data(people: int, lines: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return rows to identify, people, and the pairs (`line_id`, `person_id`) that are one."""
    with duckdb.connect() as connection:
        words = {"surnames": list(SURNAMES), "given": list(GIVEN)}
        connection.execute(PEOPLE, {"people": people, **words})
        connection.execute(LINES, {"people": people, "lines": lines})
        return (
            connection.sql("select * exclude (truth) from lines order by record_id").pl(),
            connection.sql("select * exclude (i) from people order by i").pl(),
            connection.sql("select record_id as line_id, truth as person_id from lines").pl(),
        )


def peak_gib() -> float:
    """Return the most memory this process held, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    """Read the command line, link, print."""
    parser = argparse.ArgumentParser(description="认人速度：无有效证号的行对照全部人员")
    parser.add_argument("--people", type=int, default=FULL_PEOPLE // 50)
    parser.add_argument("--lines", type=int, default=FULL_LINES // 50)
    parser.add_argument("--memory", default="6GB", help="DuckDB's own limit")
    options = parser.parse_args()
    lines, people, truth = data(options.people, options.lines)
    made = peak_gib()
    start = time.perf_counter()
    links = probabilistic.link(lines, people, parameters.newest(LINKAGE_PARAMETERS), options.memory)
    seconds = time.perf_counter() - start
    probable = links.filter(pl.col("label") == "probable")
    right = probable.join(truth, on=["line_id", "person_id"], how="semi").height
    print(
        f"{options.lines:,} rows, {options.people:,} people: {seconds:.1f} s, peak {peak_gib():.1f} GiB ({made:.1f} GiB were the data)"
    )
    print(f"{probable.height:,} probable, {right:,} of them right, {links.height - probable.height:,} questions")
    if (options.people, options.lines) == (FULL_PEOPLE, FULL_LINES):
        print(
            f"of the limit: {seconds / LIMIT_SECONDS:.2f} of {LIMIT_SECONDS} s, {peak_gib() / LIMIT_GIB:.2f} of {LIMIT_GIB} GiB"
        )


if __name__ == "__main__":
    main()
