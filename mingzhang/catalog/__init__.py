"""What we know of programmes, registers, file layouts, places and disclosure, as YAML. No code that runs it here."""

from assets.catalog.load import Catalogue, catalogue

__all__ = ["Catalogue", "catalogue"]
