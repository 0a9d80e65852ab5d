"""What both sites share: theme, components, chart styling. No pages here."""
