"""Every reason code of intake with its level and its Chinese sentence. The codes are a contract; no logic here."""

from __future__ import annotations

from typing import Literal

Level = Literal["reject", "hold", "warn", "note"]

# Reasons that refuse a whole file: what happened, and what to do.
REFUSED: dict[str, str] = {
    "archive_nested": "文件里还套着压缩包；请解压后只上传表格本身。",
    "archive_ratio": "文件解压后异常膨胀，可能已损坏；请删去图片，或在 Excel、WPS 中按乡镇拆分另存后再传。",
    "archive_too_large": "文件解压后超过 1 GB；请删去图片，或按乡镇或项目拆分后再传。",
    "archive_too_many_entries": "文件内部有 {entries} 个部件，超过上限；请删去图片、图形和控件，或按乡镇拆分后再传。",
    "archive_unsafe_entry": "文件内部有不安全的路径；请在 Excel 或 WPS 中另存为新的 .xlsx 后再传。",
    "cell_too_long": "有单元格超过 32767 个字；请检查是否粘贴错误。",
    "county_missing": "看不出是哪个县的文件；请在上传页选择县（命令行用 --county，或放进对应县的文件夹）。",
    "dbf_count_differs": "数据表文件头写明 {expected} 行，实际有 {value} 行，可能没有导出完整；请重新导出。",
    "dbf_field_type": "数据表的字段“{field}”是不能读取的类型({type})；请在导出时改为字符、数值或日期型字段。",
    "dbf_memo": "数据表的字段“{field}”是备注型，内容在另一个文件里；请在导出时去掉它，或改为字符型字段。",
    "doctype_found": "文件内含有不允许的声明(DOCTYPE)；请从业务系统重新导出，或在 Excel、WPS 中打开原工作簿另存后再传。",
    "encoding_mixed": "第 {line} 行起文字编码与前文不同；请用同一编码(建议 UTF-8)重新导出。",
    "encoding_unknown": "文字编码无法识别；请从业务系统重新导出，编码选 UTF-8 或 GBK。不要用 Excel 打开文本再另存：十八位证号会被改写。",
    "external_link": "工作簿引用了外部文件；请“断开链接”后另存再传。",
    "file_not_found": "找不到这个文件；请检查路径。",
    "file_too_large": "文件过大({megabytes} MB)；请删去图片，或按乡镇或项目拆分后再传。",
    "header_not_recognised": "前三十行没有找到“{title}”的表头；请使用模板，或在表头中写明姓名、身份证号码、金额等列名。",
    "ids_rounded": "{count} 个证号以 000 结尾，像是被表格软件改写过；请用原始文件重新导出，证号列设为文本。",
    "kind_unknown": "看不出是哪一种表；请在上传页选择种类（命令行用 --kind），或使用模板。",
    "lists_side_by_side": "表里左右并排了两份名单；请把右边的一份移到左边一份的下面，成为一份，再传。",
    "missing_column": "缺少列：{columns}；请补上后再传，列名可写作“{example}”{hint}；如是选错了文件种类，请改选。",
    "month_missing": "看不出是哪个月的文件；请在上传页选择月份（命令行用 --month），或在标题中写明年月。",
    "more_than_one_period": "一个文件里有不同月份的表({months})；请一个月一个文件。",
    "nested_too_deep": "文件结构一层套一层，超过上限，可能已损坏；请从业务系统重新导出。",
    "no_rows": "表里没有数据行；如本月确无发放，请作零报告。",
    "nul_character": "第 {line} 行含有空字符，文件可能已损坏；请重新导出。",
    "parser_crashed": "读取文件时内存不足或文件结构异常，已安全中止；请删去图片和空白区域，或按乡镇拆分后再传。",
    "parser_failed": "文件结构无法读取；请从业务系统重新导出；是工作簿的，在 Excel 或 WPS 中打开另存一份再传。",
    "parser_killed": "读取文件超出资源限制，已安全中止；请删去图片，或按乡镇拆分后再传。",
    "parser_timeout": "读取文件超过时限，已安全中止；请按乡镇拆分后再传。",
    "password_protected": "文件设有密码；请在 Excel 或 WPS 中打开，取消打开密码后原格式保存再传。",
    "picture_or_scan": "文件是{found}，读不出其中的文字；请上传生成它的电子表格，或业务系统导出的原文件；只有纸质件的，请按模板录入，证号列设为文本。",
    "programme_missing": "看不出是哪个补贴项目；请在上传页选择补贴项目（命令行用 --programme），或在“补贴项目”列逐行写明。",
    "programmes_disagree": "声明的项目与表内“补贴项目”列不一致；请核对后再传。",
    "settled_refused": "复核人员已决定不收本文件。",
    "sheet_too_large": "表的范围达到 {rows} 行 × {columns} 列，超过上限；请删除表格右侧和下方的空白区域或拆分后再传。",
    "too_many_columns": "表有 {columns} 列，超过 256 列；请删除多余的列后再传。",
    "unbalanced_quote": "第 {line} 行起引号没有成对；请检查该行的引号后重新导出。",
    "unknown_programme": "第 {row} 行的补贴项目“{value}”不在目录中；请改用目录中的名称或代码，低保、特困要写明城市还是农村。",
    "upload_incomplete": "文件不完整，可能上传或复制时中断；请重新上传。",
    "wrong_file_type": "文件实际是{found}，里面没有可以读取的表格；请上传 Excel、WPS 表格本身，或业务系统导出的原文件，不必改格式。",
    "xml_not_utf8": "文件内部编码不是 UTF-8；请在 Excel 或 WPS 中打开原工作簿，另存一份再传。",
}

# What a format does not let us see, as `guards_limited` says it.
NOT_CHECKED: dict[str, str] = {
    "comments": "批注",
    "formulas": "公式",
    "hidden_columns": "隐藏的列",
    "hidden_rows": "隐藏的行",
    "hidden_text": "单元格内不显示的文字",
    "style_sheets": "由样式表隐藏的行列",
}

# Problems of a line, a sheet or a whole file that do not refuse it: level and sentence.
PROBLEMS: dict[str, tuple[Level, str]] = {
    "account_bank_check": ("warn", "账号的末位不是校验位，与{expected}的规则不符；请与存折或卡面核对。"),
    "account_changed": ("warn", "账号与上月不同；请确认是否换卡。"),
    "account_in_scientific_notation": ("reject", "账号是科学计数法，末尾数字已丢失；请从原始资料取回完整账号。"),
    "account_length_impossible": ("reject", "账号共 {length} 位，{expected} 位；请从存折或卡面取回完整账号。"),
    "account_malformed": ("warn", "账号中有数字以外的字；请只填账号。"),
    "account_wrong_length": ("warn", "账号共 {length} 位，应为 {expected} 位；请核对是否缺少开头的 0。"),
    "already_received": ("note", "与已收到的文件内容相同：{delivery}。"),
    "ambiguous_place": ("reject", "不止一个村(居)叫“{value}”；请写明乡镇，同一乡镇内的写明村委会或居委会。"),
    "amount_by_formula": ("warn", "金额由公式算得，按文件中保存的结果 {value} 读取。"),
    "amount_jumped": ("warn", "金额 {value} 元，上月为 {expected} 元，变化较大；请核对。"),
    "amount_not_in_fen": ("reject", "金额“{value}”不是整分；请改为最多两位小数。"),
    "amount_too_large": ("reject", "金额“{value}”过大；请核对单位。"),
    "amount_unreadable": ("reject", "金额“{value}”不是数字；请填数字，停发请写“停发”。"),
    "amount_unlike_programme": ("warn", "金额 {value} 元与本表中位数 {expected} 元相差上千倍；请核对元与万元。"),
    "birth_date_in_future": ("warn", "证号中的出生日期晚于发放月份；请核对证号。"),
    "character_lost": ("warn", "姓名中有丢失、自造或乱码的字；按证号核对，请补录正确的字。{hint}"),
    "clock_suspect": ("warn", "本机时间与最近一次入库相差过大；请核对系统时间。"),
    "code_is_number": ("warn", "编码存成了数字，开头的 0 可能已丢失；请将该列设为文本。"),
    "column_ignored": ("note", "列“{value}”未使用，原样保留在明细中。"),
    "comments_ignored": ("warn", "批注没有读取；如有重要内容请写入备注列。"),
    "conflicts_with_delivery": (
        "hold",
        "与已入库的 {delivery} 有 {count} 行相同对象；如系更正请声明为更正，如系补发请确认。",
    ),
    "correction_without_original": ("hold", "声明为更正，但未找到被更正的原件；待原件到达。"),
    "correction_shorter": (
        "hold",
        "更正文件将替换整份原件，但原件有 {expected} 行，更正文件只有 {value} 行；如只更正其中几行，请用更正表。",
    ),
    "correction_overtaken": (
        "hold",
        "原件已由更正 {delivery} 整份替换，本文件写的却是原件的行号；请改为更正那一份。",
    ),
    "corrected_line_blank": ("reject", "这一行没有写更正原行；更正表只收要更正的行，新增的人请另报名册。"),
    "corrected_line_unknown": ("reject", "更正原行“{value}”在原件中不存在；请填写原件的行号。"),
    "corrected_line_repeated": ("reject", "更正原行“{value}”在本文件中出现多次；一行只能更正一次。"),
    "date_ambiguous": ("warn", "“{value}”是数字，可能是 1 月也可能是 10 月，按 1 月读取；请将该列设为文本。"),
    "date_ahead": ("warn", "日期“{value}”还没有到；请核对年份。"),
    "date_impossible": ("reject", "日期“{value}”不存在或年份不足四位；请改为 2026-10-01 的写法。"),
    "date_order": ("reject", "结束日期早于开始日期；请核对。"),
    "date_unreadable": ("warn", "日期“{value}”无法识别，按空白处理；请改为 2026-10-01 的写法。"),
    "deleted_rows": ("warn", "数据表中有 {count} 行已作删除标记，没有读取；如仍应发放请恢复后重新导出。"),
    "duplicate_column": (
        "hold",
        "列{value}同名，都可以是“{expected}”；请在“表头怎样读的”里选定以哪一列为准，其余的选“不读取”。",
    ),
    "duplicate_line": ("warn", "同一对象、项目、期间在本文件中出现多次；请核对是否重复。"),
    "example_line": ("note", "模板中的示例行，未读取。"),
    "extension_differs": ("note", "扩展名是 .{value}，内容其实是{expected}；已按内容读取，不必改名。"),
    "formula_in_identity": ("reject", "证号或账号由公式得出，不能作准；请粘贴为文本。"),
    "formula_without_value": ("reject", "公式没有结果或结果出错；请改正公式或改填数字，保存后再传。"),
    "guards_limited": ("note", "{expected}中看不到或没有查看：{value}；请自行核对原件。"),
    "head_missing": ("warn", "没有户主；请补填户主姓名和身份证号。"),
    "hidden_columns": ("warn", "工作表“{sheet}”隐藏的列已照常读取：{value} 列；请确认是否应当包括。"),
    "hidden_rows": ("warn", "隐藏的行已照常读取：第 {value} 行；请确认是否应当包括。"),
    "hidden_sheet": ("warn", "隐藏的工作表没有读取；如需读取请取消隐藏。"),
    "id_checksum": ("warn", "证号校验位或出生日期不符；请按身份证核对。"),
    "id_in_scientific_notation": ("reject", "证号是科学计数法，末尾数字已丢失；请从原始资料取回完整证号。"),
    "id_is_number": ("reject", "证号或账号存成了数字，末尾数字可能已被改写；请从原始资料取回，并将该列设为文本。"),
    "id_malformed": ("warn", "证号不是 17 位数字加校验位；请按身份证核对。{hint}"),
    "id_missing": ("warn", "没有证号，无法与其他资料比对；请补填。"),
    "id_suggested": ("note", "{expected} 同名同村的登记证号为 {value}；请与身份证核对后采用。"),
    "macros_present": ("note", "工作簿带有宏；宏没有运行，只读取了单元格。"),
    "id_suggested_before": ("note", "以前月份有同名同村的登记证号，见更正表；请与身份证核对后采用。"),
    "marked_dead": (
        "warn",
        "姓名后的括号里写着已经去世，这一行仍在发放；不应再发的请改为“停发”，该发给继承人的请换收款人。",
    ),
    "missing_value": ("reject", "“{value}”空白；请补填。"),
    "line_kept": ("note", "这一行没有改动，按原样保留。"),
    "line_not_corrected": ("reject", "这一行没有改动；请改好标色的单元格，不需更正的行请删去。"),
    "month_differs": (
        "warn",
        "声明的月份是 {expected}，标题、表名、文件名或月份列写的是 {value}；请确认没有选错月份或文件。",
    ),
    "month_guessed": ("warn", "“{value}”没有写年份，按 {expected} 年读取。"),
    "month_mismatch": ("hold", "声明的月份是 {expected}，表内写的是 {value}；请确认以哪一个为准。"),
    "name_missing": ("warn", "没有姓名；请按身份证补填。"),
    "name_odd": ("warn", "姓名含有数字或符号；公开名单不会显示这一行，请核对。"),
    "negative_amount": ("reject", "金额“{value}”为负；如系退款，请在支付状态或备注中写明“退款”。"),
    "nil_return": ("note", "零报告：本月没有发放。"),
    "not_in_choices": ("warn", "“{value}”不是规定的写法({expected})；请核对。"),
    "number_negative": ("reject", "数量“{value}”为负；请核对。"),
    "number_unreadable": ("warn", "“{value}”不是数字，按空白处理；请核对。"),
    "people_vanished": (
        "warn",
        "{value} 名单上有 {expected} 人，本次{together}少了 {count} 人，新增 {added} 人；请说明原因。",
    ),
    "place_code_wrong": ("reject", "代码“{value}”不是本县的九位或十二位区划代码；请核对。"),
    "places_not_loaded": ("warn", "本县的乡镇和村名册尚未装入，村名没有核对；请先装入 places。"),
    "relation_unknown": ("warn", "关系“{value}”不在对照表中，原样保留；请核对。"),
    "repeated_header": ("note", "中间重复的表头已略过。"),
    "reply_without_payment": ("warn", "回盘中的这一笔在本月发放名册中找不到对应的人或账号；请核对。"),
    "reply_amount_differs": ("warn", "回盘金额 {value} 元，本月发放名册中这个账号为 {expected} 元；请核对。"),
    "row_ignored": ("note", "不是明细行，已略过。"),
    "sheet_of_stopped": (
        "hold",
        "工作表的名称像是停发或退出名单，里面的行会按发放入库；不是发放的请删去这张表再传，确是发放的请复核人员确认。",
    ),
    "sheet_ignored": ("warn", "工作表没有可识别的表头，没有读取。"),
    "total_line": ("note", "合计行，只用于核对，不计入明细。"),
    "total_mismatch": ("hold", "合计行为 {expected} 元，明细相加为 {value} 元，相差 {difference} 元；请核对后更正。"),
    "village_column_missing": (
        "warn",
        "没有“村(居)委会”一列，这些行不会出现在村级公示里；请增加这一列，每行写明村(居)。",
    ),
    "voucher_differs": (
        "warn",
        "{programme}本表{together}合计 {value} 元，支付凭证为 {expected} 元；请核对是否还有其他批次或凭证。",
    ),
    "column_content_differs": (
        "hold",
        "列{value}按列名是“{expected}”，里面的内容却不像；请核对是否两列写反了，或在“表头怎样读的”里选定各列。",
    ),
    "column_left_out": ("note", "没有读取列{value}：同一栏目另有声明月份 {expected} 的列，或另一列已是实发数。"),
    "column_of_other_month": ("hold", "金额列{value}写的不是声明的月份 {expected}；请确认没有选错月份或文件。"),
    "column_unexplained": (
        "hold",
        "列{value}里像是证号、账号、金额或别的月份，但看不出是什么；请在“表头怎样读的”里选定它是哪一栏，或选“不读取”。",
    ),
    "county_differs": ("hold", "声明的是 {expected} 的文件，{where}写的是“{value}”；请确认没有选错县或文件。"),
    "date_before_birth": ("reject", "日期“{value}”早于本人证号中的出生日期；请核对日期和证号。"),
    "date_means_none": ("warn", "有 {count} 行的日期写作“{value}”，按“没有日期”读取；如确有日期，请改正。"),
    "date_required_unreadable": ("reject", "日期“{value}”无法识别，这一列不能空；请改为 2026-10-01 的写法。"),
    "factor_ten_thousand": (
        "hold",
        "整份文件的金额与 {value} 相差约一万倍（中位数本次 {expected} 元，当时 {before} 元）；请核对单位是元还是万元。",
    ),
    "field_claimed_twice": (
        "hold",
        "列{value}都可以是“{expected}”；请在“表头怎样读的”里选定以哪一列为准，其余的选“不读取”。",
    ),
    "group_odd": ("warn", "村(居)民小组一栏不是小组的名称；这一格只留给工作人员看，不会公开，请改为“第三组”的写法。"),
    "household_amount": ("note", "一户的金额合并在一格里，按户主一行计一次，同户其他人按 0 元读取。"),
    "month_too_late": ("hold", "月份 {value} 还没有到；请确认没有选错年份或月份。"),
    "month_too_old": (
        "hold",
        "月份 {value} 已过去 {count} 个月；请确认没有选错年份或月份，补发的请在标题或文件名写明“补发”，更正的请声明为更正。",
    ),
    "name_private": ("warn", "姓名一栏写有健康、家庭或电话等内容；已不当作姓名，只留给工作人员看，请只填姓名。"),
    "nobody_of_last_month": (
        "hold",
        "{value} 的名单上有 {expected} 人，本次名单的 {count} 人中没有一个是当时的；请确认没有选错县、项目或文件。",
    ),
    "number_of_whom": (
        "hold",
        "列{value}：证号紧跟在别人的姓名右边，看不出是谁的证号；请在列名中写明，或在“表头怎样读的”里选定。",
    ),
    "programme_differs": ("hold", "声明的项目是“{expected}”，{where}写的是“{value}”；请确认没有选错项目或文件。"),
    "result_unknown": ("warn", "处理结果“{value}”不在词表中，不当作已经入账；请与银行核对。"),
    "row_wider_than_heading": (
        "reject",
        "这一行的内容比表头多出几格，各列可能错位（如金额“1,200.50”没有加引号）；请改正后再传。",
    ),
    "second_heading": ("hold", "第 {count} 行又有一个表头，各列与前面的不同；请拆成两张表再传。"),
    "section_of_stopped": (
        "hold",
        "“{value}”之后的行像是停发或退出名单，会按发放入库；不是发放的请删去再传，确是发放的请复核人员确认。",
    ),
    "state_not_paid": ("warn", "支付状态“{value}”表示没有发到，这一行不计作已发放；请核对。"),
    "state_unknown": ("warn", "支付状态“{value}”不在词表中，不计作已发放；请核对。"),
    "unit_unclear": ("hold", "“{value}”里写有“万”，看不出金额是元还是万元；请在金额的列名里写明“(元)”或“(万元)”。"),
    "withdrawn_before": (
        "note",
        "这个文件以前收到过（批次 {delivery}），已经撤回：{value}。要重新计入，请恢复该批次"
        "（批次页上的“恢复”，命令行用 mingzhang restore-delivery）。",
    ),
    "unknown_place": (
        "reject",
        "村(居)名册中没有“{value}”（写明乡镇的，只在该乡镇内找）；请核对乡镇和村名（村民小组另列一列），或填十二位代码。",
    ),
}


def level_of(code: str) -> Level:
    """Return the level of a problem; reasons that refuse a file count as reject."""
    return PROBLEMS[code][0] if code in PROBLEMS else "reject"


def message_of(code: str, **facts: str | int) -> str:
    """Return the sentence for a code, with its numbers and words filled in."""
    text = PROBLEMS[code][1] if code in PROBLEMS else REFUSED[code]
    return text.format_map(_Blank(facts))


class _Blank(dict[str, str | int]):
    """A fact that is not known is left out of the sentence."""

    def __missing__(self, key: str) -> str:
        return ""


class RefusedFileError(Exception):
    """A file is refused as a whole, with a reason code and a sentence that says what to do."""

    def __init__(self, reason: str, **facts: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message_of(reason, **facts)
