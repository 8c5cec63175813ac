"""dispatchd: a folder of Markdown that does what you write in it."""

__version__ = "0.1.0"
