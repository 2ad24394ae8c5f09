"""Says of each span's site what became of its function since the run, and which commit did it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec.structs import replace

from tracegloss.history.likeness import changed_parts, signature
from tracegloss.history.places import CarriedPlaces
from tracegloss.history.touched import Touches, first_edit, names_of, removal
from tracegloss.model.freshness import AsRan, FreshnessBasis, LineKey, SinceTrace, line_key
from tracegloss.model.resolution import Freshness
from tracegloss.model.site import FunctionId, Place, Site
from tracegloss.model.trace import Span
from tracegloss.reveal import reveal


def repository_at(repository: str, commit: str) -> str:
    """Name a repository as it was at a commit, for places that are not there any more."""
    return f"{repository}@{commit[:12]}"


class Since:
    """What became of sites between the commit of a run and the working tree.

    `ran` and `head` are full ids, `head` is `None` where HEAD has no commit yet. `bases` has, by
    path, what the text that ran was taken from where that is not the commit alone.
    """

    def __init__(
        self,
        places: CarriedPlaces,
        touches: Touches,
        ran: str,
        head: str | None,
        bases: Mapping[str, FreshnessBasis],
    ) -> None:
        """Look for nothing yet."""
        self._places = places
        self._then = places.functions.then
        self._now = places.functions.now
        self._touches = touches
        self._ran = ran
        self._head = head
        self._bases = bases
        self._known: dict[int, tuple[Site, Site, SinceTrace]] = {}
        self._edits: dict[FunctionId, SinceTrace] = {}
        self.lines: dict[LineKey, SinceTrace] = {}
        """What became of the functions around places, by the line a place is on now; only of those
        that were edited or are gone."""

    def site(self, site: Site) -> Site:
        """Give a site as it is now; one that is gone stands in the repository as it was."""
        return self._found(site)[1]

    def place(self, place: Place) -> Place:
        """Give a place as it is now; one that is gone stands in the repository as it was."""
        carried = self._places.place(place)
        there = self._gone(place) if carried is None else carried
        around = self._places.around(place)
        if around is not None and line_key(there) not in self.lines:
            basis = self._bases.get(place.path, "commit")
            name = around.function.qualified_name
            ran = AsRan(self._ran, self._gone(place), around.extent.range, name)
            if carried is None:
                self.lines[line_key(there)] = SinceTrace(Freshness.GONE, as_ran=ran, basis=basis)
            elif self._places.functions.carry(around.function).freshness is Freshness.EDITED:
                since = SinceTrace(Freshness.EDITED, as_ran=ran, basis=basis)
                self.lines[line_key(there)] = self._edited(around.function, since)
        return there

    def of(self, site: Site, span: Span) -> SinceTrace:
        """Tell what became of the site of a span."""
        _, now, since = self._found(site)
        lost: tuple[str, ...] = ()
        if since.freshness is Freshness.EDITED:
            lost = self._lost(site, now, _input_keys(span))
        return replace(since, lost_inputs=lost) if lost else since

    def _found(self, site: Site) -> tuple[Site, Site, SinceTrace]:
        known = self._known.get(id(site))
        if known is None:
            known = self._known[id(site)] = (site, *self._carried(site))
        return known

    def _carried(self, site: Site) -> tuple[Site, SinceTrace]:
        carried = self._places.site(site)
        basis = self._bases.get(site.at.path, "commit")
        if carried.freshness is Freshness.GONE:
            return self._gone_site(site, basis)
        freshness = carried.freshness
        if freshness is Freshness.IDENTICAL:
            if _is_there(site, carried.site):
                return carried.site, SinceTrace(Freshness.IDENTICAL, basis=basis)
            freshness = Freshness.MOVED  # the function stands where it stood, its site does not
        since = SinceTrace(freshness, as_ran=self._as_ran(site), basis=basis)
        if carried.freshness is Freshness.EDITED and site.function is not None:
            since = self._edited(site.function, since)
        return carried.site, since

    def _edited(self, function: FunctionId, since: SinceTrace) -> SinceTrace:
        """Add what edited a function, and what of it, to where a place of it ran."""
        if function not in self._edits:
            self._edits[function] = self._edit(function)
        edit, ran = self._edits[function], since.as_ran
        if ran is not None and "signature" in edit.parts:
            entry = self._then.function(function)
            lines = [] if entry is None else self._then.source(entry)
            ran = replace(ran, signature=signature(lines))
        return replace(edit, as_ran=ran, basis=since.basis)

    def _edit(self, function: FunctionId) -> SinceTrace:
        then = self._then.function(function)
        carried = self._places.functions.carry(function)
        if then is None or carried.entry is None:
            return SinceTrace(Freshness.EDITED)
        names, head = names_of(function, carried), self._head
        changed_in = None if head is None else first_edit(self._touches, names, self._ran, head)
        return SinceTrace(
            Freshness.EDITED,
            changed_in,
            parts=changed_parts(self._then.source(then), self._now.source(carried.entry)),
            uncommitted=changed_in is None and self._is_at_head(names),
        )

    def _is_at_head(self, names: Sequence[FunctionId]) -> bool:
        """Tell whether HEAD has the text that ran, so that an edit is not committed."""
        if self._head is None:
            return False
        ran = self._touches.text_of(self._ran, names)
        return ran is not None and ran == self._touches.text_of(self._head, names)

    def _gone_site(self, site: Site, basis: FreshnessBasis) -> tuple[Site, SinceTrace]:
        gone = replace(site, at=self._gone(site.at))
        since = SinceTrace(Freshness.GONE, as_ran=self._as_ran(site), basis=basis)
        if site.function is None or not site.function.qualified_name or self._head is None:
            return gone, since
        names = names_of(site.function, self._places.functions.carry(site.function))
        found = removal(self._touches, names, self._ran, self._head)
        if found is not None:
            return gone, replace(since, changed_in=found[0], last_in=found[1])
        edit = first_edit(self._touches, names, self._ran, self._head)
        is_uncommitted = edit is None and self._is_at_head(names)
        return gone, replace(since, changed_in=edit, uncommitted=is_uncommitted)

    def _as_ran(self, site: Site) -> AsRan:
        return AsRan(self._ran, self._gone(site.at), site.extent, site.qualified_name)

    def _gone(self, place: Place) -> Place:
        return replace(place, repository=repository_at(place.repository, self._ran))

    def _lost(self, site: Site, now: Site, inputs: Collection[str]) -> tuple[str, ...]:
        """Name the recorded inputs that were parameters in the run and are none any more."""
        if site.function is None or now.function is None:
            return ()
        then = self._then.function(site.function)
        entry = self._now.function(now.function)
        if then is None or entry is None:
            return ()
        lost = (name for name in then.parameters if name not in entry.parameters)
        return tuple(name for name in lost if name in inputs)


def _input_keys(span: Span) -> frozenset[str]:
    inputs = None if span.inputs is None else reveal(span.inputs)
    return frozenset(inputs) if isinstance(inputs, Mapping) else frozenset()


def _is_there(site: Site, now: Site) -> bool:
    """Tell whether a site stands on the same line of the same file, under the same name."""
    one, other = site.at, now.at
    same_line = one.range.start.line == other.range.start.line
    same_text = (one.path, one.cell) == (other.path, other.cell)
    return same_line and same_text and site.qualified_name == now.qualified_name
