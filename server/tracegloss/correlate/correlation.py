"""Correlation of one trace with one index: candidates, joint assignment, resolutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracegloss.correlate import weights
from tracegloss.correlate.aliases import (
    PathMap,
    Quote,
    learn_paths,
    normal,
    possible_files,
    quotes_of,
)
from tracegloss.correlate.assign import Assignment, assign
from tracegloss.correlate.bodies import SiteBodies
from tracegloss.correlate.called_from import with_frames
from tracegloss.correlate.candidates import CandidateFinder, CandidateSet, Pin
from tracegloss.correlate.code_attributes import CodePointer, code_pointer
from tracegloss.correlate.doubts import doubts_of, foreign_services
from tracegloss.correlate.evidence import closed
from tracegloss.correlate.features import FeatureReader, SpanFeatures
from tracegloss.correlate.frames import FramePlacer, PlacedExceptions
from tracegloss.correlate.joint import JointEvidence, Parent
from tracegloss.correlate.names import SiteNames, numbered_series, site_names
from tracegloss.correlate.pins import PinFinder
from tracegloss.correlate.run_context import run_pin
from tracegloss.correlate.settle import Settled, Settler
from tracegloss.correlate.taught import taught_sites
from tracegloss.correlate.wanted import wanted_files
from tracegloss.correlate.wrapped import shown_sites
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import Correlation, Resolution, Unresolved
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Span, Trace
from tracegloss.recorded import Phrase, phrase
from tracegloss.reveal import reveal
from tracegloss.text import LineIndex
from tracegloss.tree import SpanTree


def frame_files(trace: Trace, files: frozenset[str], settings: Settings) -> frozenset[str]:
    """List the workspace files that a trace's stack frames and `code.*` attributes may lie in.

    Their facts should be indexed and their texts handed to `correlate`; `files` are posix paths
    relative to the root.
    """
    paths = [quote.path for quote in quotes_of(trace)]
    paths += [pointer.path for pointer in _pointers(trace).values()]
    return possible_files(paths, files, settings) if paths else frozenset()


def correlate(
    trace: Trace,
    tree: SpanTree,
    index: RepoIndex,
    texts: Mapping[str, LineIndex],
    settings: Settings,
    remotes: Sequence[str] = (),
) -> Correlation:
    """Say for every span which line made it, how sure that is, and why.

    `texts` holds the files of `frame_files` (for a notebook each cell under `path#cell`); frames in
    files without text cannot be verified. `remotes` are the addresses of the workspace's
    repositories. The answer covers every span; nothing is raised.
    """
    pointers = _pointers(trace)
    quotes = [*quotes_of(trace), *(Quote(normal(p.path), 0, None) for p in pointers.values())]
    paths = learn_paths(quotes, index.files, texts, settings)
    placer = FramePlacer(index, paths, texts)
    frames = {s.span_id: placer.exceptions(s.exceptions) for s in trace.spans if s.exceptions}
    ground = _Ground(trace, tree, index, settings, paths, pointers, frames)
    names = site_names(index.sites)
    finder = _finder(ground, names)
    class_of = _classes(ground, finder)
    bodies = SiteBodies(index, index.sites)
    assignment = assign(tree, class_of, [c.choices for c in finder.found], bodies)
    doubts = doubts_of(trace, tree, class_of, finder.found, remotes)
    joint = JointEvidence(shown_sites(index), bodies, assignment, finder.found)
    settler = Settler(index, joint)
    settled = _settle_all(tree, assignment, settler, doubts)
    resolutions = with_frames(tree, {s: each.resolution for s, each in settled.items()}, frames)
    resolutions = _with_foreign(ground, resolutions)
    wanted = wanted_files(tree, resolutions, index)
    return Correlation(resolutions, frames, paths.aliases, wanted)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What one correlation stands on."""

    trace: Trace
    tree: SpanTree
    index: RepoIndex
    settings: Settings
    paths: PathMap
    pointers: Mapping[str, CodePointer]
    frames: Mapping[str, PlacedExceptions]


def _pointers(trace: Trace) -> Mapping[str, CodePointer]:
    """Read the `code.*` attributes of the spans that have them."""
    pointers = ((span.span_id, code_pointer(span)) for span in trace.spans)
    return {span_id: pointer for span_id, pointer in pointers if pointer is not None}


def _finder(ground: _Ground, names: SiteNames) -> CandidateFinder:
    series = numbered_series(reveal(span.name) for span in ground.trace.spans)
    stripped = not any(_is_mlflow(span) for span in ground.trace.spans)
    taught = taught_sites(ground.settings.names, ground.index.sites)
    return CandidateFinder(ground.index.sites, names, series, stripped, taught)


def _is_mlflow(span: Span) -> bool:
    return span.function_name is not None or any(
        key.startswith("mlflow.span") for key in reveal(span.attributes)
    )


def _classes(ground: _Ground, finder: CandidateFinder) -> Mapping[str, int]:
    """Give every span the number of its class of equal evidence."""
    reader = FeatureReader(
        frozenset(key for site in ground.index.sites for key, _ in site.attributes)
    )
    pins = PinFinder(ground.index, ground.paths)
    class_of: dict[str, int] = {}
    for span in ground.trace.spans:
        is_top = span.span_id not in ground.tree.parents
        features = reader.features(span, is_top=is_top)
        number = finder.class_of(features, None)
        if is_top or span.exceptions or span.span_id in ground.pointers:
            pin = _pin(ground, pins, span, features, finder.found[number])
            number = number if pin is None else finder.class_of(features, pin)
        class_of[span.span_id] = number
    return class_of


def _pin(
    ground: _Ground, pins: PinFinder, span: Span, features: SpanFeatures, found: CandidateSet
) -> Pin | None:
    sites = [site for site in found.choices.sites if site != weights.NOWHERE]
    pointer = ground.pointers.get(span.span_id)
    pin = pins.pin_of(pointer, ground.frames.get(span.span_id, ()), sites)
    if pin is None and features.is_top:
        return run_pin(ground.trace.info, ground.index.sites, sites)
    return pin


def _settle_all(
    tree: SpanTree, assignment: Assignment, settler: Settler, doubts: Mapping[str, Phrase]
) -> Mapping[str, Settled]:
    """Settle spans from the top down, each with what its parent turned out to be."""
    settled: dict[str, Settled] = {}
    shape_of, standing = assignment.shape_of, assignment.standing
    parents: dict[str, Parent] = {}
    position: dict[str, int] = {}
    for span_id in tree.order:
        each = settler.settle(
            shape_of[span_id],
            standing[span_id],
            parents.get(tree.parents.get(span_id, "")),
            position.get(span_id, 0),
            doubts.get(span_id),
        )
        settled[span_id] = each
        children = tree.children.get(span_id, ())
        if children and each.site != weights.NOWHERE:
            parents[span_id] = Parent(shape_of[span_id], each.site, each.confidence)
            position.update(zip(children, range(len(children)), strict=True))
    return settled


def _with_foreign(
    ground: _Ground, resolutions: Mapping[str, Resolution]
) -> Mapping[str, Resolution]:
    """Replace the resolutions of spans of services that the settings count as others."""
    services = {None if s.service is None else reveal(s.service) for s in ground.trace.spans}
    foreign = foreign_services(services, ground.settings)
    if not foreign:
        return resolutions
    replaced = dict(resolutions)
    for span in ground.trace.spans:
        if span.service is not None and reveal(span.service) in foreign:
            name = closed(reveal(span.service))
            said = phrase("service {name} is not of this workspace", name=name)
            replaced[span.span_id] = Unresolved("other-repository", said)
    return replaced
