"""The pages, one module a subject; each view takes a `Visit` and returns a response."""
