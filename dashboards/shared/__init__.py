"""Theme, components, language, snapshot opener. No pages here."""
