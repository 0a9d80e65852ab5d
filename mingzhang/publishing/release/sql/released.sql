-- Accepted, paid lines of certified batches with their disclosure class.
-- What was paid is paid − returned: a returned or refunded line was paid before it came back.
create or replace temp table released as
select p.batch_id, p.programme, c.class, c.payment_unit,
       p.county_code, p.village_code, p.group_name, p.month,
       coalesce(p.period_from, p.month) as period_from, coalesce(p.period_to, p.period_from, p.month) as period_to,
       p.paid_on, p.amount_fen, p.recipient_id, p.recipient_name, p.head_id, p.head_name, p.payee_id,
       p.standard_fen, p.quantity, coalesce(p.unit, c.unit) as unit, p.household_size,
       coalesce(p.recipient_id, md5(p.payment_id)::uuid) as recipient,
       case when p.state in ('paid', 'returned', 'refunded') and p.amount_fen > 0 then p.amount_fen else 0 end
           as paid_fen,
       case when p.amount_fen < 0 then -p.amount_fen
            when p.state in ('returned', 'refunded') then p.amount_fen else 0 end as returned_fen
from payments p
join public_certified using (batch_id)
join public_programmes c on c.programme = p.programme
where p.state in ('paid', 'returned', 'refunded')
