"""Calls of model clients other than the widespread ones: Gemini, Mistral, Bedrock, Groq's audio.

Groq's chat is written like OpenAI's and shares its rows.
"""

from __future__ import annotations

from tracegloss.index.frameworks.construct_rows import Construct

_BEDROCK = "BedrockRuntime."


def _rows(framework: str, package: str, calls: dict[str, tuple[str, ...]]) -> tuple[Construct, ...]:
    return tuple(
        Construct(framework, (package,), tail, "sdk-call", spans=spans)
        for tail, spans in calls.items()
    )


VENDORS: tuple[Construct, ...] = (
    *_rows(
        "gemini",
        "google",
        {
            "models.generate_content": ("Models.generate_content", "AsyncModels.generate_content"),
            "models.count_tokens": ("Models.count_tokens", "AsyncModels.count_tokens"),
            "models.embed_content": ("Models.embed_content", "AsyncModels.embed_content"),
            "send_message": (
                *("Chat.send_message", "AsyncChat.send_message"),
                "ChatSession.send_message",
            ),
            "generate_content": ("GenerativeModel.generate_content",),
            "genai.embed_content": ("embed_content",),
        },
    ),
    *_rows(
        "mistral",
        "mistralai",
        {
            "chat.complete": ("Chat.complete",),
            "chat.complete_async": ("Chat.complete_async",),
        },
    ),
    *_rows(
        "bedrock",
        "boto3",
        {
            name: (f"{_BEDROCK}{name}",)
            for name in (
                *("converse", "converse_stream"),
                *("invoke_model", "invoke_model_with_response_stream"),
            )
        },
    ),
    *_rows(
        "openai",
        "groq",
        {
            "audio.transcriptions.create": ("Transcriptions",),
            "audio.translations.create": ("Translations",),
        },
    ),
)
