"""One module per page: `ROUTES` maps addresses to functions of (site, release, **parts). No SQL and no files here."""
