"""One module per page: `PAGE` says where and for whom, `layout(desk, query)` what. No SQL here."""
