-- What each document's account received and what it passed on: a row for either side of a move. `other_id` is the document that
-- moved the money, `hop` that document's.
select to_id as line_id, line_id as other_id, hop, fen as received_fen, 0 as passed_fen, moved_on
from fund_moves
union all
select from_id as line_id, line_id as other_id, hop, 0 as received_fen, fen as passed_fen, moved_on
from fund_moves
where from_id is not null
