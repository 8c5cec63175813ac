"""The kinds of documents, each with what the intake and the rendering need of it."""
