"""What the sender gets back: report, correction workbook, template, comparison with earlier months."""
