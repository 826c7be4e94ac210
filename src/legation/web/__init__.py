"""The web door: the REST API, and who may enter by it."""
