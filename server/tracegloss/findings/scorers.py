"""What the answers of MLflow's built-in scorers mean, held to the installed package by a test."""

from __future__ import annotations

from collections.abc import Mapping

_YES_IS_GOOD: Mapping[str, bool] = {"yes": True, "no": False}

# Scorer name -> answer -> passed. All answer yes or no (mlflow/genai/scorers/builtin_scorers.py).
POLARITIES: Mapping[str, Mapping[str, bool]] = {
    **dict.fromkeys(
        (
            "completeness", "conversation_completeness", "conversational_guidelines",
            "conversational_role_adherence", "conversational_safety",
            "conversational_tool_call_efficiency", "correctness", "equivalence",
            "expectations_guidelines", "fluency", "guidelines", "knowledge_retention",
            "last_turn_knowledge_retention", "pii_detection", "regex_match", "relevance_to_query",
            "response_length", "retrieval_groundedness", "retrieval_relevance",
            "retrieval_sufficiency", "safety", "summarization", "tool_call_correctness",
            "tool_call_efficiency",
        ),
        _YES_IS_GOOD,
    ),
    "user_frustration": {"none": True, "resolved": True, "unresolved": False},
}  # fmt: skip
