"""Agents at work: turns are chosen, started, listened to and ended, and what they made is merged.

Everything here is a step that may be taken at any time and again: what is true stands in the database, in the run's
folder and in git.
"""
