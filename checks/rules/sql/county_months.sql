-- Every county and month a payment, delivery, document, notice or bank line speaks of.
create or replace temp table county_months as
select distinct county_code, month from (
    select county_code, month from population_counts
    union all select county_code, month from deliveries
    union all select county_code, unnest([month, batch_month, date_trunc('month', dated_on)::date]) from fund_flows
    union all select county_code, unnest([month, begins, ends]) from (
        select distinct county_code, month, date_trunc('month', begins_on)::date as begins,
               date_trunc('month', ends_on)::date as ends from notices)
    union all select county_code, unnest([month, date_trunc('month', paid_on)::date]) from bank_lines)
where county_code is not null and month is not null
