"""Spans of clients of Gemini, Groq, Mistral and Bedrock: which call made them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

CASES = {
    "Gemini, and what its client does within a call": (
        """
        import mlflow
        from google import genai

        client = genai.Client()

        @mlflow.trace
        async def ask(question):
            chat = client.aio.chats.create(model="m")
            await client.aio.models.generate_content(model="m", contents=question)
            await chat.send_message(question)
        """,
        """
        ask UNKNOWN (question) fn=ask                                       -> ask exact
          AsyncModels.generate_content LLM (model, contents) gemini         -> ask:9 strong
            AsyncModels._generate_content LLM (model, contents) gemini      -> ask:9 strong
          AsyncChat.send_message CHAT_MODEL (message) gemini                -> ask:10 strong
        """,
    ),
    "Gemini's older client": (
        """
        import mlflow
        import google.generativeai as genai

        @mlflow.trace
        def ask(question):
            return genai.GenerativeModel("m").generate_content(question)
        """,
        """
        ask UNKNOWN (question) fn=ask                                       -> ask exact
          GenerativeModel.generate_content LLM (contents) gemini            -> ask:6 strong
        """,
    ),
    "Groq, whose calls are written like OpenAI's": (
        """
        import mlflow
        from groq import Groq

        @mlflow.trace
        def ask(question):
            Groq().audio.transcriptions.create(model="w", file=question)
            return Groq().chat.completions.create(model="m", messages=[])
        """,
        """
        ask UNKNOWN (question) fn=ask                                       -> ask exact
          Transcriptions LLM (model, file) groq                             -> ask:6 strong
          Completions CHAT_MODEL (model, messages) groq                     -> ask:7 strong
        """,
    ),
    "Mistral": (
        """
        import mlflow

        @mlflow.trace
        async def ask(client, question):
            await client.chat.complete_async(model="m", messages=[])
            client.chat.complete(model="m", messages=[])
        """,
        """
        ask UNKNOWN (client, question) fn=ask                               -> ask exact
          Chat.complete_async CHAT_MODEL (model, messages) mistral          -> ask:5 strong
          Chat.complete CHAT_MODEL (model, messages) mistral                -> ask:6 strong
        """,
    ),
    "Bedrock, whose spans may carry neither type nor library": (
        """
        import boto3
        import mlflow

        @mlflow.trace
        def ask(question):
            client = boto3.client("bedrock-runtime")
            client.invoke_model(modelId="m", body=question)
            client.converse_stream(modelId="m", messages=[])
        """,
        """
        ask UNKNOWN (question) fn=ask                                       -> ask exact
          BedrockRuntime.invoke_model UNKNOWN (modelId, body)               -> ask:7 strong
          BedrockRuntime.converse_stream CHAT_MODEL (modelId, messages)     -> ask:8 strong
        """,
    ),
    "a span of one's own that is called like Bedrock's": (
        """
        import mlflow

        def ask(question):
            with mlflow.start_span("BedrockRuntime.converse"):
                ...
        """,
        "BedrockRuntime.converse UNKNOWN -> ask weak",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_vendors_clients(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
