"""What people wrote down: the settings, and the files of their project that would take the tree along."""

from typing import TYPE_CHECKING

from dispatchd.composition.doctoring.finding import Finding, Gravity, Room
from dispatchd.composition.doctoring.patient import Patient, counted

if TYPE_CHECKING:
    from dispatchd.documents.config_values import Config


def settings_room(patient: Patient) -> Room:
    """Whether `config.toml` can be read, and says what it means."""
    from dispatchd.documents.config_document import read_config

    file = patient.tree / "config.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Room(name="settings", fact="config.toml is missing", findings=(_no_config(),))
    except (OSError, UnicodeDecodeError) as error:
        return Room(name="settings", fact="unreadable", findings=(_unreadable(str(error)),))
    reading = read_config(text)
    findings = tuple(
        Finding(
            code="settings-problem",
            gravity=Gravity.RISK if reading.config is not None else Gravity.BROKEN,
            what=f"config.toml:{each.line}: {each.what}.",
            why="The setting is not in force; what was in force before, or the default, is."
            if reading.config is not None
            else "No setting in it is read until that is put right; what was in force before stays.",
            next_step=each.hint or "Put the line right.",
        )
        for each in reading.problems
    )
    return Room(name="settings", fact=_said_of(reading.config, len(findings)), findings=findings)


def _said_of(config: "Config | None", wrong: int) -> str:
    if config is None:
        return "config.toml cannot be read"
    people = counted(len(config.people), "person", "people")
    if not wrong:
        return f"config.toml reads well; {people}"
    return (
        f"{counted(wrong, 'setting')} in config.toml {'is' if wrong == 1 else 'are'} not in force; {people}"
    )


def _no_config() -> Finding:
    return Finding(
        code="settings-missing",
        gravity=Gravity.RISK,
        what="config.toml is missing.",
        why="Nobody stands in [people], and every setting is the default.",
        next_step="Run: dispatchd restore config.toml",
    )


def _unreadable(said: str) -> Finding:
    return Finding(
        code="settings-unreadable",
        gravity=Gravity.BROKEN,
        what=f"config.toml cannot be read: {said}.",
        why="No setting in it is in force.",
        next_step="Save it as UTF-8, or bring it back: dispatchd restore config.toml",
    )


def project_room(patient: Patient) -> Room:
    """Whether packages, images, archives or formatters of the project would take the tree along."""
    from dispatchd.composition.leaking import leaks_of

    findings = tuple(
        Finding(
            code="project-takes-the-tree",
            gravity=Gravity.RISK,
            what=leak.what,
            why=leak.why,
            next_step=leak.mend,
        )
        for leak in leaks_of(patient.workspace)
    )
    return Room(
        name="project",
        fact=findings[0].what if findings else "no tool of the project takes .dispatch along",
        findings=findings,
    )
