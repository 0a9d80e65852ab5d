"""What the sender gets back: report, correction workbook and empty template. Decides nothing."""
