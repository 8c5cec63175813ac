"""Work on its way through a workflow: what is handed in is looked at, people are asked, the next phase is told.

Every step may be taken at any time and again, like the others about agents: it begins with what the work says.
"""
