"""What an operator does: load, certify, publish, rebuild, back up, restore, status. Calls other rooms; no SQL of its own."""
