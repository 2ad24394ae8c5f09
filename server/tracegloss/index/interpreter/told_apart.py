"""Objects of frameworks that are told apart by where they were made: agents with tools of theirs.

Two agents may have tools of one name. Which tools a run can call is told by the place where its
agent was constructed, whatever variables, attributes and modules the agent went through since.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.interpreter.names import as_text
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.values import (
    Argument,
    Given,
    Instance,
    Scope,
    Sequence,
    Spot,
    Unknown,
)
from tracegloss.model.site import key_of as place_key

_HOLDING = ("tools", "toolsets")
_BUILDS = {
    "langgraph": frozenset({"compile", "create_react_agent"}),
    "langchain": frozenset({"create_agent"}),
}
_KEPT = {
    "pydantic_ai": frozenset({"Agent", "FunctionToolset", "Tool"}),
    "crewai": frozenset({"Task"}),
    "autogen": frozenset(
        {"ConversableAgent", "AssistantAgent", "UserProxyAgent", "GroupChatManager"}
    ),
}
_DEFAULT_NAMES = {"GroupChatManager": "chat_manager"}
_INJECTED = ("RunContext", "RunContextWrapper", "ToolContext", "ToolRuntime", "RunnableConfig")


def is_told_apart(dotted: str) -> bool:
    """Tell whether objects of a class are told apart by where they were made."""
    return dotted.rpartition(".")[2] in _KEPT.get(dotted.partition(".")[0], ())


def is_built(dotted: str) -> bool:
    """Tell whether a function builds objects whose runs are told by where they were built."""
    return dotted.rpartition(".")[2] in _BUILDS.get(dotted.partition(".")[0], ())


def name_given(dotted: str, given: tuple[Given, ...]) -> str | None:
    """Give the name that a constructor was given literally; AG2 takes it first."""
    default = _DEFAULT_NAMES.get(dotted.rpartition(".")[2])
    named = [argument for argument in given if argument.keyword == "name"]
    if not named and default is None and dotted.startswith("autogen."):
        named = [argument for argument in given[:1] if argument.keyword is None]
    texts = {as_text(value) for argument in named for value in argument.values}
    return texts.pop() if len(texts) == 1 else default if not named else None


def is_injected(annotation: str | None) -> bool:
    """Tell whether a framework fills a parameter of this type: no input of a tool holds it."""
    plain = (annotation or "").partition("[")[0].strip("\"' ")
    return plain.rpartition(".")[2] in _INJECTED


def key_of(spot: Spot) -> str:
    """Name the object that a call at a place makes."""
    return place_key(spot.path, spot.at.line, spot.at.column)


def made_at(values: Values) -> tuple[Spot, ...]:
    """Give the places where the objects among values were made, none when any is untold."""
    made = [v.made for v in values if isinstance(v, Instance) and v.made is not None]
    return tuple(dict.fromkeys(made)) if len(made) == len(values) else ()


def held_keys(reader: Reader, made: Spot) -> tuple[str, ...] | None:
    """Name the object made at a place and those it was given to take tools from.

    `None` when what it was given is not told.
    """
    found = [key_of(made)]
    for values in _given(reader, made, _HOLDING):
        for value in values:
            if not isinstance(value, Sequence):
                return None
            for item in value.items:
                if any(isinstance(each, Unknown | Argument) for each in item):
                    return None
                found += [key_of(spot) for spot in _made(item)]
    return tuple(found)


def own_name(reader: Reader, made: Spot) -> str | None:
    """Give the name that an object was given literally where it was made."""
    texts = {as_text(value) for values in _given(reader, made, ("name",)) for value in values}
    return texts.pop() if len(texts) == 1 else None


def _made(values: Values) -> list[Spot]:
    return [v.made for v in values if isinstance(v, Instance) and v.made is not None]


def _given(reader: Reader, made: Spot, keywords: tuple[str, ...]) -> Iterator[Values]:
    """Yield what the call that made an object was given by some keywords."""
    scopes = reader.scopes(made.path)
    for call in scopes.facts.calls if scopes is not None else ():
        if call.at == made.at:
            for argument in call.arguments:
                if argument.keyword in keywords:
                    yield reader.evaluate(argument.value, Scope(made.path, call.scope))
