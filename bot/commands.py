"""What was typed after /judgements -> a command; a command and what is stored -> a reply. No Slack here.

The commands stand in `VERBS`, each in a module of its own; `grammar` says how one is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from bot import words
from bot.answers import card, compare, export, history, recent, replay, status, tables, why
from bot.channels import holdings, muting, subscribing, unsubscribing
from bot.grammar import Asked, Command, Form, Usage, Verb, without_more
from bot.types import Asker, Card, Paragraph, Reply, Strong
from storage.store import Store

HELP_LIKE = frozenset({"--help", "-h", "/help", "?", "hello", "hi"})
EVERYWHERE = frozenset({"all", "everything", "everyone", "all authorities"})
LIKE_A_VERB = 0.8
"""From this likeness (of 1) on, a word may be a mistyped verb; no authority's name begins with such a word."""


@dataclass(frozen=True, slots=True)
class Help:
    def answer(self, asked: Asked) -> Reply:
        """All commands, as they are typed where the asker is."""
        listed = tuple((Strong(f"{asked.command} {form.usage}"), f" – {form.does}") for form in forms())
        has = [words.HELP_DEFAULTS, holdings.channel_has(asked)] if asked.asker else [words.WHICH_CHANNEL]
        blocks = (Paragraph(listed), Paragraph(tuple((line,) for line in (words.HELP_NAMES, *has))))
        sentence = words.HELP_SENTENCE.format(command=asked.command)
        return Reply(card=Card(title=words.HELP_TITLE, sentence=sentence, blocks=blocks))


HELP = Verb(
    name="help",
    parse=without_more("help", Help),
    forms=(Form(usage="help", does=words.HELP_DOES),),
    alone=True,
    takes=False,
)
VERBS: tuple[Verb, ...] = (
    card.NAMELESS,
    *compare.VERBS,
    *tables.VERBS,
    *history.VERBS,
    *why.VERBS,
    *recent.VERBS,
    *subscribing.VERBS,
    *status.VERBS,
    *replay.VERBS,
    *export.VERBS,
    HELP,
)
"""Every command, in the order in which the help lists them."""

PERSONAL = (
    subscribing.Subscribe,
    unsubscribing.Unsubscribe,
    holdings.ListSubscriptions,
    muting.Mute,
    muting.Unmute,
    muting.Unfurl,
)
"""What not everybody may do: the answer depends on who asks, and on whether we are in the channel."""

HEAVY = (history.History, replay.Replay, export.Export)
"""What takes much work, and is not to be asked for by the dozen."""

_BY_NAME: Mapping[str, Verb] = {verb.name: verb for verb in VERBS if verb.name}


def forms(verbs: Iterable[Verb] = VERBS) -> tuple[Form, ...]:
    """Every way to type a command, in the order of the help."""
    return tuple(form for verb in verbs for form in verb.forms)


def parse(text: str) -> Command:
    """Whatever is no verb, nor like one, is the name of an authority; nothing at all is a call for help."""
    typed = _on_one_line(text)
    first, _, rest = typed.partition(" ")
    verb = _BY_NAME.get(first.casefold())
    if not typed or typed.casefold() in HELP_LIKE or (verb and rest.casefold() in HELP_LIKE):
        return Help()
    if verb:
        return verb.parse(rest)
    if typed.casefold() in EVERYWHERE:
        return tables.England()
    if meant := _meant(first.casefold(), rest):
        return Usage(words.NO_COMMAND, first, f"{meant} {rest}".rstrip())
    return card.NAMELESS.parse(typed)


def _on_one_line(text: str) -> str:
    """A list is pasted with a name on each line: where one ends stands a semicolon, but not behind the verb."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    first, *others = filter(None, lines) if any(lines) else [""]
    between = " " if first.casefold() in _BY_NAME else "; "
    return between.join(filter(None, (first, "; ".join(others)))).rstrip(" .;")


def _meant(word: str, rest: str) -> str:
    """The verb that somebody meant who typed `word` before `rest`; "" if it is like none."""
    fitting = [verb for verb in _BY_NAME.values() if verb.takes or not rest]
    # A word for several of them is for the one that may stand so: "subs" is a list, "sub kent" is a wish.
    known = next((verb.name for verb in fitting if word in verb.also and (rest or verb.alone)), "")
    return known or next(iter(get_close_matches(word, [verb.name for verb in fitting], 1, LIKE_A_VERB)), "")


def answer(command: Command, store: Store, now: datetime, asker: Asker | None = None) -> Reply:
    """The reply to `command`, after it was carried out.

    Without an asker (at a terminal) there is no channel, and what concerns one is refused. What a channel must know
    is said in the channel, everything else to the asker only. May raise `StorageError`.
    """
    return command.answer(Asked(store=store, now=now, asker=asker))
