"""What was typed after /judgements -> a command; a command and what is stored -> a reply. No Slack here.

The commands stand in `VERBS`, each in a module of its own; `grammar` says how one is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from bot import words
from bot.answers import card, compare, export, history, recent, replay, status, tables, why
from bot.channels import holdings, muting, subscribing, unsubscribing
from bot.grammar import Asked, Command, Form, Usage, Verb
from bot.paging import page_of
from bot.types import Asker, Card, Paragraph, Reply, SmallPrint, Strong
from judgements.authorities import REGISTRY, Unknown
from storage.store import Store

HELP_LIKE = frozenset({"--help", "-h", "/help", "?", "commands", "info", "manual", "me", "menu", "options", "start"})
GREETING = re.compile(r"(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks?|thank you)\b.{0,20}", re.IGNORECASE)
ASKING = frozenset({"can", "could", "do", "does", "how", "please", "what", "when", "where", "which", "who"})
"""Words with which a question to a person begins, and no name."""
STOPPING = frozenset({"cancel", "end", "off", "opt out", "quit", "shut up", "stop"})
EVERYWHERE = frozenset({"all", "everything", "everyone", "all authorities"})
LIKE_A_VERB = 0.8
"""From this likeness (of 1) on, a word may be a mistyped verb; no authority's name begins with such a word."""


@dataclass(frozen=True, slots=True)
class Help:
    """What can be asked; only with the verb `about`, if one is meant."""

    about: str = ""

    def answer(self, asked: Asked) -> Reply:
        """The commands, as they are typed where the asker is."""
        if about := [verb for verb in VERBS if self.about and verb.name == self.about]:
            return Reply(card=_about(about[0], asked))
        listed = tuple((Strong(f"{asked.command} {form.usage}"), f" – {form.does}") for form in forms())
        more = (words.HELP_NAMES, words.HELP_PAGES, *(_in_slack(asked) if asked.in_slack else [words.WHICH_CHANNEL]))
        blocks = (Paragraph(listed), Paragraph(tuple((line,) for line in more)))
        sentence = words.HELP_SENTENCE.format(command=asked.command)
        return Reply(card=Card(title=words.HELP_TITLE, sentence=sentence, blocks=blocks))


def _about(verb: Verb, asked: Asked) -> Card:
    """The forms of one verb."""
    listed = tuple((Strong(f"{asked.command} {form.usage}"), f" – {form.does}") for form in verb.forms)
    rest = words.HELP_REST.format(command=asked.command)
    title = words.HELP_ABOUT.format(verb=verb.name)
    return Card(title=title, sentence=title, blocks=(Paragraph(listed), SmallPrint(((rest,),))))


def _in_slack(asked: Asked) -> tuple[str, ...]:
    """Who sees what, how the bot comes into a channel, and what it has there."""
    invite = words.HELP_INVITE.format(bot=words.BOT)
    return words.HELP_TO_WHOM, invite, words.HELP_DEFAULTS, holdings.channel_has(asked)


def _verb_in(text: str) -> str:
    """The verb that somebody speaks of, in any form; "" if they do not."""
    said = [word.casefold().strip("?!.,") for word in text.split()]
    named = [verb.name for verb in VERBS if verb.name and verb is not HELP]
    stems = ((name, name.removesuffix("s").removesuffix("e")) for name in named)
    return next((name for name, stem in stems if any(word.startswith(stem) for word in said)), "")


HELP = Verb(
    name="help",
    parse=lambda rest: Help(_verb_in(rest)),
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
    if not typed or typed.casefold() in HELP_LIKE or GREETING.fullmatch(typed):
        return Help()
    if verb:
        return Help(verb.name) if verb is not HELP and rest.casefold() in HELP_LIKE else verb.parse(rest)
    if typed.casefold() in EVERYWHERE:
        return tables.England()
    return tables.of_a_grade(typed) or _no_name(typed) or _behind(typed) or _mistyped(first, rest) or _named(typed)


def _named(typed: str) -> Command:
    return card.NAMELESS.parse(typed)


def _no_name(typed: str) -> Command | None:
    """What is said to a person rather than typed as a command."""
    said = typed.casefold()
    if re.split(r"['’\s]", said)[0] in ASKING:
        return Help(_verb_in(typed))
    if said in STOPPING:
        return Usage(words.STOP, typed)
    return None if page_of(typed)[0] else Usage(words.PAGE_OF_WHAT, typed)


def _behind(typed: str) -> Command | None:
    """ "kent history" is "history kent", and "kent history 2" is "history kent 2"."""
    said = typed.split()
    place = next((place for place, word in enumerate(said) if place and word.casefold() in card.AFTER_A_NAME), 0)
    name, more = " ".join(said[:place]), " ".join(said[place + 1 :])
    if not name or (more and isinstance(REGISTRY.find(name), Unknown)):
        return None
    return _BY_NAME[said[place].casefold()].parse(f"{name} {more}".rstrip())


def _mistyped(first: str, rest: str) -> Usage | None:
    """The question whether another verb was meant, if with that it is a command; else what is wrong with it as well."""
    meant = _meant(first.casefold(), rest)
    if not meant:
        return None
    command = _BY_NAME[meant].parse(rest)
    if isinstance(command, Usage):
        return replace(command, form=words.NO_COMMAND, verb=first) if command.instead else command
    return Usage(words.NO_COMMAND, first, f"{meant} {rest}".rstrip())


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

    Without an asker (at a terminal where no channel was named) what concerns a channel is refused. What a channel must
    know is said in the channel, everything else to the asker only. May raise `StorageError`.
    """
    return command.answer(Asked(store=store, now=now, asker=asker))
