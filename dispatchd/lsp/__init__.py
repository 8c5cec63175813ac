"""What editors ask while somebody writes: the rules' answers about a text nobody has saved yet.

Nothing here decides or writes: an action is an edit of the buffer, and the person's save is the act.
"""
