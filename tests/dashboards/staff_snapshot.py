"""Writes a small staff snapshot by the contract of docs/tables.md, so that the app is tested without a pipeline."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb

from mingzhang.storage.publication import STAFF_SNAPSHOT_VERSION

COUNTIES = {"452901": "青禾县", "452902": "临江县"}
TABLES = {
    "places": """
        select *, null::varchar as short_names from (values
            ('452901', '青禾县', '4529', 'county', null), ('452902', '临江县', '4529', 'county', null),
            ('452901100', '石桥镇', '452901', 'town', '452901'),
            ('452901100201', '大塘村', '452901100', 'village', '452901'),
            ('452902100201', '河口村', '452902100', 'village', '452902'))
            t(place_code, place_name, parent_code, level, county_code)""",
    "programmes": """
        select *, null::varchar as papers from (values
            ('urban_dibao', '0101', '城市最低生活保障金', '民政局'), ('grain', '0201', '耕地地力保护补贴', '农业农村局'),
            ('care', '0301', '重度残疾人护理补贴', '民政局')) t(slug, code, name, department)""",
    "deliveries": """
        select i as sequence, printf('%016x', i) as delivery_id, county_code, kind, programme, date '2026-10-01' as month,
               sha256(i::varchar) as sha256, null as content_hash, file_name, sender,
               timestamp '2026-11-02 01:30:00' as received_at, date '2026-10-31' as as_of, 0 as correction_no,
               null::varchar as corrects, status, null::varchar as reason,
               case when status = 'held' then '文件合计 5,000.00 元与明细合计 4,800.00 元不一致。' end as message,
               100::bigint as lines, accepted::bigint as accepted, rejected::bigint as rejected, held::bigint as held,
               2::bigint as warnings, (accepted * 52000)::bigint as total_fen, (rejected * 52000)::bigint as rejected_fen,
               (held * 52000)::bigint as held_fen, null::bigint as declared_total_fen, 'c1' as catalogue, '' as inputs_hash
        from (values (1, '452901', 'roster', 'urban_dibao', '青禾县10月低保.xlsx', 'maker', 'accepted_with_errors', 98, 2, 0),
                     (2, '452901', 'roster', 'grain', '耕地补贴.xlsx', 'maker', 'held', 0, 0, 100),
                     (3, '452902', 'roster', 'grain', '临江耕地补贴.xlsx', 'other', 'accepted', 100, 0, 0),
                     (4, '452901', 'deaths', null, '死亡人员.csv', 'maker', 'accepted', 100, 0, 0))
             t(i, county_code, kind, programme, file_name, sender, status, accepted, rejected, held)""",
    "sheets": """
        select printf('%016x', i) as delivery_id, 'Sheet1' as sheet, 1 as sheet_no, 3 as header_row,
               ['姓名', '身份证号', '金额(元)', '经办'] as header, ['recipient_name', 'recipient_idno', 'amount_fen', ''] as fields,
               null::varchar as ignored_reason from range(1, 5) t(i)""",
    "problems": """
        select printf('%016x', 1) as delivery_id, null as line_id, 'Sheet1' as sheet, (r + 5)::integer as row,
               '身份证号' as column_name, 'id_is_number' as id, 'reject' as level,
               '身份证号“45290119900307' || r || '”在数字格式的单元格里，末几位已经不准。请改为文本格式后重新填写。' as message
        from range(2) t(r)""",
    "repairs": """
        select printf('%016x', 1) as delivery_id, null as line_id, 'Sheet1' as sheet, 9 as row, '姓名' as column_name,
               'name_format' as kind, '韦 大山' as from_value, '韦大山' as to_value from range(3)""",
    "rules": """
        select *, 'office' as effort, '{"died_on": "死亡日期"}' as fact_labels, '{}' as value_labels from (values
            ('B01', 'paid_after_death', '去世后仍领取补助', 'suspicion', 'high', 1, '社会救助暂行办法 §13',
             '死亡当月之后的月份不应再发放。', '死亡登记有误；丧葬补助。', '核对死亡日期与发放月份。', ['deaths'], 'payment_months'),
            ('A01', 'id_number_malformed', '证件号码不正确', 'data_error', 'low', 1, 'GB 11643',
             '证件号码校验位不符。', '更正后的证件号码。', '请原单位核对证件。', ['roster'], 'payments'))
            t(id, slug, title, kind, severity, version, basis, why, clears, ask, needs, population)""",
    "findings": """
        select printf('f%015d', i) as finding_id, case when i % 5 = 0 then 'A01' else 'B01' end as rule, 1 as rule_version,
               case when i % 5 = 0 then 'data_error' else 'suspicion' end as kind,
               case when i % 5 = 0 then 'low' else 'high' end as severity,
               case when i <= 60 then '452901' else '452902' end as county_code,
               case when i <= 60 then '452901100' else '452902100' end as town_code,
               case when i <= 60 then '452901100201' else '452902100201' end as village_code,
               'urban_dibao' as programme, uuid() as person_id, date '2026-08-01' as period_from,
               date '2026-10-01' as period_to, ['x'] as payment_ids, ['y'] as record_ids, (i * 10000)::bigint as amount_fen,
               '{"died_on": "2026-07-15"}' as facts, 'e' || i as evidence_hash,
               case when i = 3 then '=HYPERLINK("http://evil.example","韦")' else '韦大山' || i end as person_name,
               case when i <= 60 then '大塘村' else '河口村' end as place_name, '城市最低生活保障金' as programme_name,
               case when i = 12 then 0.97 end as link_score,
               case when i = 12 then ['pair12'] when i = 13 then ['pair11'] else [] end as link_pairs,
               case when i % 5 = 0 then '证件号码不正确' else '去世后仍领取补助' end as title,
               null::varchar as group_name
        from range(1, 71) t(i)""",
    "gone_findings": """
        select 'gone1' as finding_id, 'B01' as rule, 1 as rule_version, 'no_longer_found' as reason,
               '数据已更正，规则不再提示。' as words""",
    "finding_lines": """
        select printf('f%015d', i) as finding_id, role, role || i as line_id, printf('%016x', 1) as delivery_id,
               case when i <= 60 then '452901' else '452902' end as county_code, kind, file_name, 'Sheet1' as sheet,
               (i + 4)::integer as row, header, cells
        from range(1, 71) t(i), (values
            ('payment', 'roster', '青禾县10月低保.xlsx', ['序号', '姓名', '身份证号', '月份', '金额(元)'],
             ['1', '韦大山', '452901195001011234', '2026年10月', '520.00']),
            ('record', 'deaths', '死亡人员.csv', ['姓名', '证件号码', '死亡日期', '登记机构'],
             ['韦大山', '452901195001011234', '2026-07-15', '石桥镇派出所'])) r(role, kind, file_name, header, cells)""",
    "links": """
        select 'pair' || i as pair_id, case when i <= 12 then '452901' else '452902' end as county_code,
               case when i <= 12 then '452901100201' else '452902100201' end as village_code, 'payments' as source,
               'recipient' as role, round(0.99 - i / 100, 2) as score,
               case when i = 12 then 'probable' else 'question' end as label, null::varchar as answer,
               ['姓名同音', '同村', '账号不同'] as reasons, null::varchar as slip, 1 as parameters,
               'line' || i as line_id, 'person' || i as person_line_id, (i % 3 + 1)::bigint as lines
        from range(1, 15) t(i)""",
    "link_lines": """
        select 'pair' || i as pair_id, side, side || i as line_id,
               case when i <= 12 and (side = 'line' or i <> 2) then '452901' else '452902' end as county_code, kind,
               date '2026-10-01' as month, file_name, 'Sheet1' as sheet, (i + 4)::integer as row, header, cells
        from range(1, 15) t(i), (values
            ('line', 'roster', '青禾县10月低保.xlsx', ['姓名', '身份证号', '备注'],
             ['覃建国', '45290119500101', '补发']),
            ('person', 'population', '人口和家庭.xlsx', ['姓名', '身份证号码'], ['秦健国', '452901195001011234']))
            r(side, kind, file_name, header, cells)""",
    "board_programmes": """
        select * from (values ('care', 'person', 20, 'working', '《示例意见》'))
            t(programme, payment_unit, days, day_kind, basis)""",
    "board_lines": """
        select county as county_code, printf('%016x', case county when '452901' then 1 else 3 end) as batch_id, id as person_id,
               id as recipient_id, id as head_id, id as payee_id, village as village_code, 'care' as programme,
               date '2026-10-01' as month, case when i % 2 = 0 then '一组' else '二组' end as group_name,
               case when i = 9 then null when i = 8 then '覃小满7' else '覃小满' || i end as name,
               (8000 + i)::bigint as amount_fen, date '2026-10-01' as period_from, date '2026-10-01' as period_to
        from (select i, md5('board' || i)::uuid as id, county, village from range(1, 12) t(i),
              (values ('452901', '452901100201'), ('452902', '452902100201')) c(county, village))""",
    "offices": "select '452901' as county_code, '青禾县财政局' as office, '0770-0000009' as phone",
    "rule_runs": """
        select * from (values ('B01', 1, '452901', date '2026-10-01', 'flagged', null, 12400, 31, 0),
            ('B01', 1, '452902', date '2026-10-01', 'not_applicable', '没有 2026年8月之后的死亡登记', 0, 0, 900),
            ('A01', 1, '452901', date '2026-10-01', 'flagged', null, 12400, 12, 0))
            t(rule, rule_version, county_code, month, outcome, reason, checked, flagged, not_applicable)""",
    "coverage": """
        select * from (values ('deaths', '死亡人员名单', '公安局', '452901', date '2026-01-01', date '2026-10-01',
            date '2026-10-31', 321::bigint)) t(register, title, department, county_code, first_month, last_month, as_of, records)""",
    "scorecard": """
        select 'deaths' as register, '452901' as county_code, date '2026-10-31' as as_of, 321::bigint as records,
               99.2 as filled_percent, 3::bigint as invalid_ids, 97.5 as overlap_percent, null::bigint as without_kin""",
    "totals": """
        select '452901' as county_code, '452901100' as town_code, '452901100201' as village_code, 'urban_dibao' as programme,
               make_date(2026, m::integer, 1) as month, 40::bigint as people, 40::bigint as lines, 2080000::bigint as paid_fen,
               52000::bigint as returned_fen from range(5, 11) t(m)""",
    "flow": """
        select '452901' as county_code, 'urban_dibao' as programme, hop, date '2026-10-01' as month,
               fen::bigint as amount_fen, 2::bigint as documents
        from (values ('指标', 500000000), ('下达', 480000000), ('拨付', 430000000), ('支付', 425000000), ('退回', 1500000))
             t(hop, fen)""",
    "fund_moves": """
        select county_code, to_id as line_id, to_id, hop, document_no, programme, town_code, from_id, from_hop, from_document_no,
               programme as from_programme, '' as from_town_code, from_on, moved_on, date_trunc('month', moved_on)::date as month,
               fen::bigint as fen, gap
        from (values
            ('452901', 'd4/1/1', '指标', '青财〔2026〕1号', 'urban_dibao', '', null, null, null, null::date, date '2026-08-03', 90000000, null),
            ('452901', 'd4/1/2', '下达', '青指〔2026〕2号', 'urban_dibao', '', 'd4/1/1', '指标', '青财〔2026〕1号', date '2026-08-03',
             date '2026-08-20', 80000000, null),
            ('452901', 'd4/1/3', '拨付', '青拨〔2026〕3号', 'urban_dibao', '', 'd4/1/2', '下达', '青指〔2026〕2号', date '2026-08-20',
             date '2026-09-30', 50000000, null),
            ('452901', 'd4/1/4', '支付', '青支〔2026〕4号', 'urban_dibao', '', 'd4/1/3', '拨付', '青拨〔2026〕3号', date '2026-09-30',
             date '2026-10-08', 50000000, null),
            ('452902', 'd5/1/1', '下达', '临指〔2026〕1号', 'grain', '452901100', null, null, null, null, date '2026-10-20', 7000000,
             '没有写上级文号'))
            t(county_code, to_id, hop, document_no, programme, town_code, from_id, from_hop, from_document_no, from_on, moved_on, fen, gap)""",
    "fund_accounts": """
        select county_code, line_id, hop, document_no, null::varchar as parent_document_no, '县' as source_level, programme, town_code,
               '财政局' as from_office, to_office, dated_on, null::date as batch_month, fen::bigint as amount_fen,
               null::varchar as note, fen::bigint as received_fen, (fen - left_fen)::bigint as passed_fen,
               left_fen::bigint as standing_fen, null::date as last_passed_on, 30 as limit_days, due_on
        from (values
            ('452901', 'd4/1/1', '指标', '青财〔2026〕1号', 'urban_dibao', '', '青禾县财政局', date '2026-08-03', 90000000, 10000000,
             date '2026-12-31'),
            ('452901', 'd4/1/2', '下达', '青指〔2026〕2号', 'urban_dibao', '', '青禾县民政局', date '2026-08-20', 80000000, 30000000,
             date '2026-09-19'),
            ('452901', 'd4/1/3', '拨付', '青拨〔2026〕3号', 'urban_dibao', '', '代发户', date '2026-09-30', 50000000, 0, date '2026-10-30'),
            ('452901', 'd4/1/4', '支付', '青支〔2026〕4号', 'urban_dibao', '', '补贴对象', date '2026-10-08', 50000000, 50000000, null),
            ('452902', 'd5/1/1', '下达', '临指〔2026〕1号', 'grain', '452901100', '石桥镇人民政府', date '2026-10-20', 7000000, 7000000,
             date '2026-11-19'))
            t(county_code, line_id, hop, document_no, programme, town_code, to_office, dated_on, fen, left_fen, due_on)""",
    "fund_balances": """
        select county_code, 'urban_dibao' as programme, hop, date '2026-10-01' as month, open_fen::bigint as opening_fen,
               in_fen::bigint as received_fen, out_fen::bigint as passed_fen, (open_fen + in_fen - out_fen)::bigint as closing_fen,
               above_fen::bigint as above_fen, gap_fen::bigint as unexplained_fen
        from (values ('452901', '指标', 10000000, 0, 0, 90000000, 0), ('452901', '下达', 30000000, 0, 0, 0, 0),
                     ('452901', '拨付', 50000000, 0, 50000000, 0, 0), ('452901', '支付', 0, 50000000, 0, 0, 0),
                     ('452902', '下达', 0, 7000000, 0, 0, 7000000))
             t(county_code, hop, open_fen, in_fen, out_fen, above_fen, gap_fen)""",
    "fund_delays": """
        select county_code, programme, '' as town_code, from_hop, hop, month, days, late_days, 1::bigint as documents, fen::bigint as fen
        from (values ('452901', 'urban_dibao', '指标', '下达', date '2026-08-01', 17, 0, 80000000),
                     ('452901', 'urban_dibao', '下达', '拨付', date '2026-09-01', 41, 11, 50000000),
                     ('452901', 'urban_dibao', '拨付', '支付', date '2026-10-01', 8, 0, 50000000),
                     ('452902', 'grain', '下达', '拨付', date '2026-09-01', 3, 0, 50000000))
             t(county_code, programme, from_hop, hop, month, days, late_days, fen)""",
}


def write_snapshot(data: Path, number: int = 1, tables: dict[str, str] | None = None) -> None:
    """Write and publish a staff snapshot under a data folder; `tables` replaces some of them."""
    parent = data / "snapshots" / "staff"
    folder = parent / f"fixture{number}"
    folder.mkdir(parents=True)
    database = folder / "findings.duckdb"
    with duckdb.connect(str(database)) as connection:
        for name, query in {**TABLES, **(tables or {})}.items():
            connection.execute(f"create table {name} as {query}")
        connection.execute(
            f"""create table meta as select {number} as number, date '2026-10-01' as month, 'c1' as catalogue,
                timestamp '2026-11-03 00:00:00' as created_at"""
        )
        connection.execute(
            "create table batches as select delivery_id as batch_id, * exclude (delivery_id) from deliveries"
        )
    files = {database.name: _sha(database)}
    version = {"schema_version": STAFF_SNAPSHOT_VERSION}
    manifest = {"id": folder.name, "number": number, "tables": {}, "files": files, **version}
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest))
    pointer = {"name": folder.name, "sha256": _sha(path), "number": number}
    temporary = parent / ".pointer"
    temporary.write_text(json.dumps(pointer))
    temporary.rename(parent / "CURRENT")


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
