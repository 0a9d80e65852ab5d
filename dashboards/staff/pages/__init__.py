"""One module per page: `PAGE` says where and for whom, `layout(context, query)` what. No SQL here."""
