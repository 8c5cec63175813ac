"""What edit of a file does the same as a command: the help of each command that acts ends with it."""

from typing import Final

IN_A_FILE: Final = {
    "issue new": "Save a Markdown file in .dispatch/issues/. Its text is enough; facts stand above it.",
    "issue set": "Change the line of the key above the text, and save. A removed line clears the fact.",
    "epic set": "Change the line of the key above the text, and save.",
    "proposal new": "Save a Markdown file in .dispatch/proposals/; voters: and threshold: stand above its text.",
    "gate approve": 'Tick "- [ ] Approve" below the gate in the epic\'s file, and save.',
    "gate reject": 'Write the reason behind "- [ ] Reject:" below the gate, tick it, and save.',
    "gate skip": 'Write the reason behind "- [ ] Skip:" below the gate, tick it, and save.',
    "gate choose": "Tick the direction below the gate, and save.",
    "gate ask-again": 'Tick "- [ ] Ask again" below the gate, and save.',
    "vote": "Tick a box in the section with your name, below ## Votes of the proposal, and save.",
    "override": "Write the reason behind a box below ## Override of the proposal, tick it, and save.",
    "answer": "Tick an option in the thread's file; or write below its heading, tick Send, and save.",
    "config set": "Change the line in .dispatch/config.toml, and save.",
}
"""By the words of the command, without the program's name."""
