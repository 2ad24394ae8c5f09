"""Spans of model clients: which call of the function above made them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

CALLS = """
import mlflow
from openai import OpenAI

client = OpenAI()

def complete(prompt):
    return client.chat.completions.create(model="small", messages=[prompt])

@mlflow.trace
def answer(question):
    plan = client.chat.completions.create(model="plan", messages=[question], n=1)
    text = client.responses.create(model="writer", input=plan)
    return complete(text)

@mlflow.trace
def embed(text):
    return client.embeddings.create(model="embedder", input=text)
"""

CASES = {
    "calls in their order, and through a helper": (
        CALLS,
        """
        answer UNKNOWN (question) fn=answer                                          -> answer exact
          Completions CHAT_MODEL (model, messages, n) openai model=plan -> answer:11 strong
          Responses CHAT_MODEL (model, input) openai model=writer -> answer:12 strong
          Completions CHAT_MODEL (model, messages) openai model=small -> complete:7 strong
        """,
    ),
    "a literal argument rules other calls out, whatever the order": (
        CALLS,
        """
        answer UNKNOWN (question) fn=answer                             -> answer exact
          Completions CHAT_MODEL (model, messages) openai model=small   -> complete:7 strong
        """,
    ),
    "a call that the function above cannot make": (
        CALLS,
        """
        embed UNKNOWN (text) fn=embed                                   -> embed exact
          Completions CHAT_MODEL (model, messages) openai model=small   -> library
        """,
    ),
    "embeddings carry no word of their library": (
        CALLS,
        """
        embed UNKNOWN (text) fn=embed                      -> embed exact
          Embeddings EMBEDDING (model, input)              -> embed:17 strong
        """,
    ),
    "without a span above, the only call there is": (
        CALLS,
        "Embeddings EMBEDDING (model, input) -> embed:17 strong",
    ),
    "a model that no call names": (
        CALLS,
        """
        answer UNKNOWN (question) fn=answer                                -> answer exact
          Completions CHAT_MODEL (model, messages) openai model=elsewhere  -> library
        """,
    ),
    "clients that come from elsewhere": (
        """
        import mlflow
        from shop.models import get_client

        @mlflow.trace
        async def ask(question):
            return await get_client().messages.create(model="m", max_tokens=5, messages=[])
        """,
        """
        ask UNKNOWN (question) fn=ask                                                 -> ask exact
          AsyncMessages.create CHAT_MODEL (model, max_tokens, messages) anthropic -> ask:6 strong
        """,
    ),
    "keywords as a set, in a known table as well: some clients record their own order": (
        """
        import mlflow
        from anthropic import Anthropic

        SHARED = {"model": "m", "max_tokens": 5}

        @mlflow.trace
        def ask(question):
            if question:
                return Anthropic().messages.create(messages=[question], tools=[], **SHARED)
            return Anthropic().messages.create(messages=[question], **SHARED)
        """,
        """
        ask UNKNOWN (question) fn=ask                                                  -> ask exact
          Messages.create CHAT_MODEL (max_tokens, messages, model) anthropic        -> ask:10 strong
        """,
    ),
    "LiteLLM's functions under other names, and models without their provider": (
        """
        import mlflow
        import litellm as models
        from litellm import completion

        @mlflow.trace
        def ask(question):
            completion(model="openai/small", messages=[question], user="u")
            return models.completion(model="openai/large", messages=[question])
        """,
        """
        ask UNKNOWN (question) fn=ask                                                  -> ask exact
          litellm-completion LLM (messages) litellm_call_id=1 model=large           -> ask:8 strong
          litellm-completion LLM (messages) litellm_call_id=2 model=small           -> ask:7 strong
        """,
    ),
    "a method of a client under names of one's own": (
        """
        import functools
        import mlflow
        from openai import OpenAI

        client = OpenAI()
        create = client.chat.completions.create

        class Desk:
            def __init__(self):
                self.ask = functools.partial(client.responses.create, model="small")

            @mlflow.trace
            def answer(self, question):
                self.ask(input=question)
                return create(model="large", messages=[question])
        """,
        """
        answer UNKNOWN (question) fn=answer                                -> Desk.answer exact
          Responses CHAT_MODEL (model, input) openai model=small           -> Desk.answer:14 strong
          Completions CHAT_MODEL (model, messages) openai model=large      -> Desk.answer:15 strong
        """,
    ),
    "a call that passes other keywords is a guess": (
        CALLS,
        """
        embed UNKNOWN (text) fn=embed                         -> embed exact
          Embeddings EMBEDDING (model, input, dimensions)     -> embed:17 weak
        """,
    ),
    "two calls on one line are that line": (
        """
        import mlflow
        from openai import OpenAI

        client = OpenAI()

        def create(text):
            return client.responses.create(input=text) or client.responses.create(input=text)
        """,
        "Responses CHAT_MODEL (input) openai -> create:7 weak",
    ),
    "a function of one's own with the same name": (
        """
        import mlflow

        class Messages:
            def create(self, text): ...

        class Client:
            messages = Messages()

        @mlflow.trace
        def send(text):
            return Client().messages.create(text)
        """,
        """
        send UNKNOWN (text) fn=send                          -> send exact
          Messages.create CHAT_MODEL (model) anthropic       -> library
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_model_clients(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
