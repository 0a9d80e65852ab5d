"""The public release: fixed schema, publish gate, village notices, take-down, public record, verification."""
