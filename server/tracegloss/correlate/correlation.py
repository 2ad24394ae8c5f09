"""Correlation of one trace with one index: candidates, joint assignment, resolutions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracegloss.correlate.aliases import (
    MOST_NOTEBOOKS,
    Quote,
    learn_paths,
    normal,
    possible_files,
    quotes_of,
)
from tracegloss.correlate.assign import assign
from tracegloss.correlate.bodies import SiteBodies
from tracegloss.correlate.called_from import with_frames
from tracegloss.correlate.classes import candidate_finder, classes_of
from tracegloss.correlate.closer_look import CloserLook
from tracegloss.correlate.code_attributes import code_pointers, definitions_in, sites_of_others
from tracegloss.correlate.doubts import doubts_of, foreign_services
from tracegloss.correlate.evidence import closed
from tracegloss.correlate.foreign_tools import with_foreign_tools
from tracegloss.correlate.frames import FramePlacer
from tracegloss.correlate.invoked import with_invocations
from tracegloss.correlate.joint import JointEvidence, is_untold
from tracegloss.correlate.notebook_cells import is_command
from tracegloss.correlate.owned import Callers
from tracegloss.correlate.pins import PinFinder
from tracegloss.correlate.plumbing import is_lost_call, plumbing_of
from tracegloss.correlate.reasons import unresolved
from tracegloss.correlate.settle import Settler
from tracegloss.correlate.survey import Survey, survey
from tracegloss.correlate.taught import sites_of_taught, taught_files
from tracegloss.correlate.touched import with_touched
from tracegloss.correlate.walk import SettledSubtrees, settle_all
from tracegloss.correlate.wanted import wanted_files
from tracegloss.correlate.wrapped import shown_sites
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import Correlation, Resolution, Unresolved
from tracegloss.model.settings import Settings
from tracegloss.model.site import Site
from tracegloss.model.trace import Trace
from tracegloss.recorded import phrase
from tracegloss.text import LineIndex
from tracegloss.tree import SpanTree, without_spans


def frame_files(
    trace: Trace, files: frozenset[str], settings: Settings, sites: Iterable[Site] = ()
) -> frozenset[str]:
    """List the workspace files that a trace's stack frames and `code.*` attributes may lie in.

    Those of taught names are among them. Their facts should be indexed and their texts handed to
    `correlate`; `files` are posix paths relative to the root. Cells of Databricks may lie in any
    file with one of `sites`, for nothing names their notebook.
    """
    paths = [quote.path for quote in quotes_of(trace.spans)]
    paths += [pointer.path for pointer in code_pointers(trace.spans)]
    taught = taught_files(settings.names, files) if settings.names else frozenset()
    if not paths:
        return taught
    traced = {site.at.path: None for site in sites} if any(map(is_command, paths)) else ()
    return possible_files(paths, files, settings) | taught | set(list(traced)[:MOST_NOTEBOOKS])


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
    seen = survey(trace, tree, index)
    pointed = [
        Quote(normal(pointer.path), pointer.line or 0, None, pointer.function)
        for pointer in seen.pointers.values()
    ]
    quotes = [*quotes_of(seen.failed), *pointed]
    paths = learn_paths(quotes, index.files, texts, settings, definitions_in(index))
    placer = FramePlacer(index, paths, texts)
    frames = {span.span_id: placer.exceptions(span.exceptions) for span in seen.failed}
    sites = (*index.sites, *sites_of_others(seen.pointers.values(), paths, index))
    sites += sites_of_taught(settings.names, index) if settings.names else ()
    finder = candidate_finder(seen, sites, settings)
    pins = PinFinder(index, sites, paths, settings.exclude)
    class_of = classes_of(trace, tree, seen, finder, pins, frames, Callers(index, sites))
    plumbing = plumbing_of(class_of, finder.found)
    visible = without_spans(tree, plumbing)
    untold = frozenset(number for number, site in enumerate(sites) if is_untold(site))
    bodies = SiteBodies(index, sites, untold.union(*(e.choices.sites for e in finder.found)))
    doubts = doubts_of(trace, tree, class_of, finder.found, remotes)
    shown = shown_sites(index, sites)

    choices = [each.choices for each in finder.found]
    assignment = assign(visible, class_of, choices, bodies)
    settler = Settler(index, JointEvidence(shown, bodies, assignment, finder.found, untold))
    settled: SettledSubtrees = {}
    resolutions = settle_all(visible, assignment, settler, doubts, settled)
    judged = CloserLook(visible, index, sites, finder.found).classes(class_of, resolutions)
    if judged:
        class_of = {**class_of, **judged}
        choices += [each.choices for each in finder.found[len(choices) :]]
        assignment.change(visible, class_of, judged)
        resolutions = settle_all(visible, assignment, settler, doubts, settled)
    for span_id in plumbing:
        candidates = finder.found[class_of[span_id]]
        resolutions[span_id] = unresolved(candidates, sites, (), (), None)
    with_foreign_tools(tree, resolutions, class_of, finder.found, sites)
    with_frames(tree, resolutions, frames)
    _with_foreign(seen, resolutions, settings)
    if any(features.name.startswith("tool_") for features in seen.groups):
        with_touched(trace, resolutions, index.files, settings)
    invoked = with_invocations(tree, resolutions, sites)
    lost = {number for number, each in enumerate(finder.found) if is_lost_call(each)}
    lost_calls = {span_id for span_id, number in class_of.items() if number in lost} if lost else ()
    wanted = wanted_files(tree, resolutions, index, lost_calls)
    return Correlation(resolutions, frames, paths.aliases, wanted, invoked=invoked)


def _with_foreign(seen: Survey, resolutions: dict[str, Resolution], settings: Settings) -> None:
    """Replace the resolutions of spans of services that the settings count as others."""
    foreign = foreign_services((features.service for features in seen.groups), settings)
    if not foreign:
        return
    for span_id, group in seen.group_of.items():
        service = seen.groups[group].service
        if service in foreign:
            said = phrase("service {name} is not of this workspace", name=closed(service))
            resolutions[span_id] = Unresolved("other-repository", said)
