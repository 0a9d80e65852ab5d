"""Staff snapshot and public release: what is shown to whom. Reads the warehouse; judges no payment."""
