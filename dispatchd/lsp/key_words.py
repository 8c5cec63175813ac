"""What each key of a front matter is for, in a line, as an editor shows it beside the key."""

from typing import Final

KEY_WORDS: Final = {
    "id": "Given by dispatchd; it stays when the file is renamed or moved.",
    "title": "The whole rest of the line, `#` and `:` included.",
    "type": "What sort of work it is.",
    "status": "Where it stands. A `!` behind a state forces it, and the log says so.",
    "priority": "What is begun first: critical, high, medium, low.",
    "labels": "Words of your own, to find it by.",
    "role": "Which role's agents may take it.",
    "assignee": "Who has it; on a queued issue, writing a name assigns it.",
    "parent": "The issue this one is a part of.",
    "depends_on": "Issues that have to be finished first.",
    "epic": "The epic it belongs to.",
    "stage": "The stage of that epic, as its heading says.",
    "source": "Where it came from in another system.",
    "branch": "The work branch; written by dispatchd.",
    "pr": "The pull request; written by dispatchd.",
    "created": "When it was taken in; written by dispatchd.",
    "rev": "Written by dispatchd; it makes a save of an old buffer harmless.",
    "threshold": "What a proposal needs to pass.",
    "voters": "Who votes: people as @name, roles by their word, agents by name.",
    "deadline": "The day at whose end (UTC) voting closes, or a moment.",
    "name": "The agent's name; its folder's.",
    "engine": "What the agent runs on.",
    "paused": "`true` keeps the agent from taking anything new.",
    "kind": "What sort of thread it is; written by dispatchd.",
    "from": "Who began the thread; written by dispatchd.",
    "to": "Whom the thread is for; written by dispatchd.",
    "issue": "The issue it is about; written by dispatchd.",
    "subject": "What it is about.",
}
