"""Signing in by a link, with passwords as the way it used to be."""
