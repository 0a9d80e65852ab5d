with sides as (
    select p.county_code, p.programme, r.recipient, 1 as side
    from cell_pairs p join cell_recipients r using (county_code, programme, month)
    union all
    select p.county_code, p.programme, r.recipient, 2
    from cell_pairs p join cell_recipients r
      on (r.county_code, r.programme, r.month) = (p.county_code, p.programme, p.month_last)),
people as (select county_code, programme, recipient, count(*) as sides from sides group by all)
select county_code, programme, count(*) filter (sides = 1) as changed from people group by all
