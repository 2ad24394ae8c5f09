"""Common English words of four letters and more that say nothing about what a question is about."""

from __future__ import annotations

STOP_WORDS = frozenset(
    """
    able about above according across actually after again against almost alone along already also
    although always among another anyone anything around assist away back because become been
    before began behind being believe below besides best better between both bring came cannot
    certain certainly come could currently dear definitely describe despite detail details
    different does doing done down during each either else enough especially even ever every
    everyone everything exactly example explain feel find first follow following from further
    gave general get give given gives goes going good great happen happens hardly have having
    hello help hence here hereby high himself however idea immediately indeed inside instead into
    inquiry itself just keep kept kind know known large last later latest least less lets like
    likely list little long look looking made mainly make makes making many maybe mean means
    merely might more moreover most mostly much must myself namely near necessary need needed
    needs neither never nevertheless next nobody none noone nothing nowhere obviously often okay
    once only onto other others otherwise ours ourselves outside over overall particular
    particularly per perhaps place please plus point possible possibly previously probably
    provide quite rather really reasonably recently regarding regards related relatively
    respectively said same saying says second seeing seem seemed seems seen sent several shall
    should show since some somebody someone something sometimes somewhere soon specified specify
    still such summarize sure take taken tell tends than thank thanks that their theirs them
    themselves then there thereafter thereby therefore these they thing things think third this
    thorough those though through throughout thus today together told tomorrow took toward
    towards tried tries truly trying twice under unless until unto upon used useful uses using
    usually value various very want wants ways welcome well went were what whatever when whence
    whenever where whereas wherever whether which while whither whole whom whose will willing
    wish with within without wonder would write wrote year years yesterday your yours yourself
    """.split()  # noqa: SIM905 - a paragraph of words reads better than a column of strings
)
