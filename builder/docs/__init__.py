"""Reference pages and JSON Schemas, generated from the code by `make reference`."""
