-- Accepted lines per delivery as they came, against what rules and snapshots read.
with taken as (
    select delivery_id, count(*) as n, coalesce(sum(amount_fen), 0)::bigint as fen
    from payment_lines where status = 'accepted' group by all),
seen as (select batch_id as delivery_id, count(*) as n, coalesce(sum(amount_fen), 0)::bigint as fen from payments group by all),
marked as (
    select delivery_id, count(*) as n from lines where status = 'accepted' and kind in ('roster', 'dibao_roll', 'relief_table')
    group by all)
select coalesce(taken.delivery_id, seen.delivery_id, marked.delivery_id), coalesce(taken.n, 0), coalesce(taken.fen, 0),
       case when (marked.n is distinct from taken.n) then coalesce(marked.n, 0) else coalesce(seen.n, 0) end,
       coalesce(seen.fen, 0)
from taken full join seen using (delivery_id) full join marked on marked.delivery_id = taken.delivery_id
