"""What correlation says of small programs, one case a rule of docs/correlation.md."""

from __future__ import annotations

import pytest

from tests.correlate.outlines import check
from tracegloss.model.settings import Settings

CASES = {
    "one function of this name and these parameters is exact": (
        "@answer(question): ",
        "answer(question) -> answer exact",
    ),
    "one function of this name that takes nothing: the name is all there is": (
        "@answer(): ",
        "answer() -> answer strong",
    ),
    "one function of this name that takes nothing, and the type its decorator gives": (
        "@answer() type=TOOL: ",
        "answer() type=TOOL -> answer exact",
    ),
    "one function of this name, which its parent certainly does not call": (
        """
        @start(x): other
        @answer(question):
        @other(question):
        """,
        """
        start(x)            -> start exact
          answer(question)  -> answer strong
        """,
    ),
    "one function of this name, which its parent may call": (
        """
        @start(x): unknown
        @answer(question):
        """,
        """
        start(x)            -> start exact
          answer(question)  -> answer exact
        """,
    ),
    "special methods are called by Python itself": (
        """
        @start(x): other
        @A.__iter__(question):
        @other(question):
        """,
        """
        start(x)              -> start exact
          __iter__(question)  -> A.__iter__ exact
        """,
    ),
    "other parameters speak against the only function of that name": (
        "@answer(question, top_k): ",
        """
        answer(question)       -> answer weak
        """,
    ),
    "no shared parameter at all: another function of that name": (
        "@predict(question): ",
        "predict(context, model_input) -> - unknown",
    ),
    "parameters tell functions of one name apart": (
        """
        a.py
          @A.run(value):
          @B.run(value, key):
        """,
        "run(value, key) -> B.run exact",
    ),
    "a literal alone is weak": (
        "main(): with_('work')",
        "work -> main/work weak",
    ),
    "a literal in the function of its parent is exact": (
        "@main(): with_('work')",
        """
        main()     -> main exact
          work     -> main/work exact
        """,
    ),
    "a literal and its children are two reasons": (
        """
        @get(key):
        main(): with_('work', get)
        """,
        """
        work         -> main/work strong
          get(key)   -> get exact
        """,
    ),
    "who calls tells methods of one name apart": (
        """
        @Engine.start(x): A.run
        @Other.go(x): B.run
        @A.run(value):
        @B.run(value):
        """,
        """
        start(x)      -> Engine.start exact
          run(value)  -> A.run exact
        """,
    ),
    "a twin that may call the child is as likely as one that surely does": (
        """
        @Near.plan(items): handle
        @Far.plan(items): guess(handle)
        @handle(items):
        """,
        """
        plan(items)      -> Near.plan weak
          handle(items)  -> handle exact
        """,
    ),
    "order of the calls": (
        """
        @start(x): A.run, B.run
        @A.run(value):
        @B.run(value):
        """,
        """
        start(x)      -> start exact
          run(value)  -> A.run strong
          run(value)  -> B.run strong
        """,
    ),
    "order through untraced helpers, and in helpers of helpers": (
        """
        @start(x): first, last
        first(): A.run, middle
        middle(): B.run
        last(): C.run
        @A.run(value):
        @B.run(value):
        @C.run(value):
        """,
        """
        start(x)      -> start exact
          run(value)  -> A.run strong
          run(value)  -> B.run strong
          run(value)  -> C.run strong
        """,
    ),
    "a loop over two calls": (
        """
        @start(x): loop(A.run, B.run)
        @A.run(value): get
        @B.run(value): put
        @get(key):
        @put(key):
        """,
        """
        start(x)       -> start exact
          run(value)   -> A.run strong
            get(key)   -> get exact
          run(value)   -> B.run strong
            put(key)   -> put exact
          run(value)   -> A.run strong
            get(key)   -> get exact
          run(value)   -> B.run strong
            put(key)   -> put exact
        """,
    ),
    "branches rule each other out": (
        """
        @start(x): either(A.run, B.run), C.run
        @A.run(value):
        @B.run(value):
        @C.run(value):
        """,
        """
        start(x)      -> start exact
          run(value)  -> ? A.run, B.run
          run(value)  -> C.run strong
        """,
    ),
    "the parts of a try may all run": (
        """
        @start(x): attempt(A.run, B.run)
        @A.run(value):
        @B.run(value):
        """,
        """
        start(x)      -> start exact
          run(value)  -> A.run strong
          run(value)  -> B.run strong
        """,
    ),
    "a parent is told by its children": (
        """
        @A.run(value): get
        @B.run(value): put
        @get(key):
        @put(key):
        """,
        """
        run(value)    -> B.run strong
          put(key)    -> put exact
        """,
    ),
    "nothing tells twins apart": (
        """
        @A.run(value):
        @B.run(value):
        """,
        "run(value) -> ? A.run, B.run",
    ),
    "a method of an unknown object may be any of that name": (
        """
        @start(x): guess(A.run, B.run)
        @A.run(value):
        @B.run(value):
        """,
        """
        start(x)      -> start exact
          run(value)  -> ? A.run, B.run
        """,
    ),
    "one value of several that a call may have is a guess among twins": (
        """
        @start(x): guess(A.step)
        @A.step(x):
        @B.step(x):
        """,
        """
        start(x)    -> start exact
          step(x)   -> A.step weak
        """,
    ),
    "reachability is evidence, never a condition": (
        """
        @start(x):
        @work(task):
        """,
        """
        start(x)      -> start exact
          work(task)  -> work strong
        """,
    ),
    "children that overlap in time have no order": (
        """
        @start(x): A.run, B.run
        @A.run(value):
        @B.run(value):
        """,
        """
        start(x)                  -> start exact
          run(value) overlapping  -> ? A.run, B.run
          run(value)              -> ? A.run, B.run
        """,
    ),
    "concurrent calls are a set": (
        """
        @start(x): together(A.run, B.run), C.run
        @A.run(value): get
        @B.run(value): put
        @C.run(value):
        @get(key):
        @put(key):
        """,
        """
        start(x)      -> start exact
          run(value)  -> B.run strong
            put(key)  -> put exact
          run(value)  -> A.run strong
            get(key)  -> get exact
          run(value)  -> C.run weak
        """,
    ),
    "what was only started may come later": (
        """
        @start(x): started(A.run), B.run
        @A.run(value): get
        @B.run(value): put
        @get(key):
        @put(key):
        """,
        """
        start(x)      -> start exact
          run(value)  -> B.run strong
            put(key)  -> put exact
          run(value)  -> A.run strong
            get(key)  -> get exact
        """,
    ),
    "recursion, direct and through a helper": (
        """
        @walk(node): visit
        visit(): loop(walk, leaf), visit
        @leaf(node):
        """,
        """
        walk(node)      -> walk exact
          walk(node)    -> walk exact
            leaf(node)  -> leaf exact
          leaf(node)    -> leaf exact
          walk(node)    -> walk exact
        """,
    ),
    "a retried call makes several spans": (
        """
        @start(x): A.run
        @A.run(value):
        @B.run(value):
        """,
        """
        start(x)      -> start exact
          run(value)  -> A.run exact
          run(value)  -> A.run strong
          run(value)  -> A.run strong
        """,
    ),
    "generators carry no function name": (
        "@stream(text) generator: ",
        "stream(text) generator -> stream exact",
    ),
    "a function with a function name is no start_span of that name": (
        """
        main(): with_('answer')
        @answer(question):
        """,
        "answer(question) -> answer exact",
    ),
    "names with holes": (
        """
        @main(items): loop(with_('item-*', get))
        @get(key):
        """,
        """
        main(items)     -> main exact
          item-7        -> main/item-* exact
            get(key)    -> get exact
        """,
    ),
    "a literal is preferred to a pattern that fits as well": (
        """
        @main(items): loop(with_('item-*')), with_('item-last')
        """,
        """
        main(items)     -> main exact
          item-1        -> main/item-* exact
          item-last     -> main/item-last strong
        """,
    ),
    "suffixes of old clients: only whole series, only without an exact name": (
        """
        @main(x): with_('step'), with_('other')
        """,
        """
        main(x)      -> main exact
          step_1     -> main/step exact
          step_2     -> main/step exact
          other_7    -> - unknown
        """,
    ),
    "the only variable name its parent can have given": (
        "@main(x): with_(title)",
        """
        main(x)     -> main exact
          tides     -> main/title weak
        """,
    ),
    "several variable names are dynamic": (
        "@main(x): with_(title), with_(name)",
        """
        main(x)     -> main exact
          tides     -> - dynamic
        """,
    ),
    "a variable name without a known parent": (
        "main(x): with_(title)",
        """
        tides     -> - unknown
        """,
    ),
    "a variable name with children that fit": (
        """
        @main(x): with_(title, get)
        @get(key):
        """,
        """
        main(x)       -> main exact
          tides       -> main/title weak
            get(key)  -> get exact
        """,
    ),
    "spans of instrumented libraries": (
        "@ask(q): ",
        """
        ask(q)                           -> ask exact
          Completions library=openai     -> - library
        """,
    ),
    "a traced function that no code here has": (
        "@get(key): ",
        """
        handle(request)   -> - unknown
          get(key)        -> get weak
        """,
    ),
    "below other code, but tied together by calls": (
        """
        @get(key): load
        @load(path):
        """,
        """
        handle(request)   -> - unknown
          get(key)        -> get exact
            load(path)    -> load exact
        """,
    ),
    "a literal among functions of other code": (
        """
        main(): with_("checkout", get)
        @get(key):
        """,
        """
        checkout type=CHAIN  -> main/checkout weak
          reserve(items)     -> - other-repository
          price(items)       -> - other-repository
        """,
    ),
    "a wrapper around another process's trace": (
        "@get(key): ",
        """
        "Remote Trace <get>"(key) fn=get  -> - mlflow
          get(key)                        -> get weak
        """,
    ),
    "functions that something here traces without naming them": (
        """
        @get(key):
        Meta.new(members): loop(wrap_(member))
        """,
        """
        handle(request)   -> - dynamic
          get(key)        -> get exact
          load(path)      -> - dynamic
          tides           -> - unknown
        """,
    ),
    "a site that gives its spans other names is weak, whatever calls it and whatever it calls": (
        """
        @start(x): A.run
        @A.run(value) name="triage": get
        @get(key):
        """,
        """
        start(x)                -> start exact
          flow(value) fn=run    -> A.run weak
            get(key)            -> get weak
        """,
    ),
    "orphans stand alone": (
        """
        @start(x): A.run
        @A.run(value):
        @B.run(value):
        """,
        """
        run(value) parent=gone  -> ? A.run, B.run
        start(x) parent=gone    -> start exact
          run(value)            -> A.run exact
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_correlation(case: str) -> None:
    check(*CASES[case])


FRAMES = {
    "the frame below MLflow's wrapper names the function": (
        """
        a.py
          @A.run(value):
          @B.run(value):
        """,
        "run(value) frames=mlflow>/srv/app/a.py:13:run -> B.run exact",
    ),
    "a helper's frame does not": (
        """
        a.py
          @A.run(value):
          helper():
        """,
        "run(value) frames=mlflow>/srv/app/a.py:3:run>/srv/app/a.py:13:helper -> A.run exact",
    ),
    "the frames below the next wrapper are another span's": (
        """
        a.py
          @A.run(value): B.run
          @B.run(value):
        """,
        """
        run(value) frames=mlflow>/srv/app/a.py:3:run>mlflow>/srv/app/a.py:13:run -> A.run exact
          run(value) frames=mlflow>/srv/app/a.py:13:run                          -> B.run exact
        """,
    ),
    "the last block of a chain is the one MLflow caught": (
        """
        a.py
          @A.run(value): B.run
          @B.run(value):
        """,
        "run(value) frames=/srv/app/a.py:13:run|mlflow>/srv/app/a.py:3:run -> A.run exact",
    ),
    "an exception that a decorator caught and replaced tells the function below it": (
        """
        a.py
          @A.run(value):
          @B.run(value):
        tools/retry.py
          attempt():
        """,
        """
        run(value) frames=/srv/tools/retry.py:3:attempt>/srv/app/a.py:13:run\
|mlflow>/srv/tools/retry.py:5:attempt -> B.run exact
        """,
    ),
    "an exception that another function caught tells nothing": (
        """
        a.py
          @A.run(value):
          @B.run(value):
        tools/retry.py
          attempt():
          other():
        """,
        """
        run(value) frames=/srv/tools/retry.py:13:other>/srv/app/a.py:13:run\
|mlflow>/srv/tools/retry.py:5:attempt -> ? A.run, B.run
        """,
    ),
    "without the wrapper only a candidate's frame counts": (
        """
        a.py
          @explode(reason):
        """,
        "tools frames=/srv/app/a.py:3:explode -> - unknown",
    ),
    "an edited line still speaks": (
        """
        a.py
          @A.run(value):
          @B.run(value): C.go
          @C.go(x):
        """,
        "run(value) frames=mlflow>/srv/app/a.py:3:run?>/srv/app/a.py:22:go -> ? A.run, B.run",
    ),
    "a frame outside of the workspace is other code": (
        """
        a.py
          @A.run(value):
        """,
        "run(value) frames=mlflow>/srv/billing/charge.py:3:run -> - other-repository",
    ),
    "folders are learned from the lines that agree": (
        """
        services/billing/a.py
          @A.run(value):
        services/shipping/b.py
          @B.run(value):
        """,
        "run(value) frames=mlflow>/app/b.py:3:run -> B.run exact",
    ),
    "the made-up file of a notebook cell is told by its lines": (
        """
        work.ipynb
          @A.run(value):
          @B.run(value):
        """,
        "run(value) frames=mlflow>/tmp/ipykernel_7/work.ipynb:13:run -> B.run exact",
    ),
    "of equal lines in two cells, the one in the frame's function is meant": (
        """
        one/work.ipynb
          @A.run(value):
        two/work.ipynb
          @A.stop(value):
          @B.run(value):
        """,
        "run(value) frames=mlflow>/tmp/ipykernel_7/work.ipynb:3:run -> A.run exact",
    ),
    "code attributes are believed first": (
        """
        a.py
          @A.run(value):
          @B.run(value):
        """,
        "run(value) code=/srv/app/a.py:11:run -> B.run exact",
    ),
    "code attributes of another instrumentation name functions that are no sites": (
        """
        a.py
          helper():
        """,
        "GET code=/srv/x/a.py:3:helper -> helper exact",
    ),
    "code attributes elsewhere": (
        """
        a.py
          @A.run(value):
        """,
        "run(value) code=/srv/billing/charge.py:1:run -> - other-repository",
    ),
    "a frame in a file of another name speaks against a function of that name": (
        """
        a/handlers.py
          other():
        b/flow.py
          @handle(request):
        """,
        "handle(request) frames=mlflow>/home/x/api/handlers.py:15:handle? -> - other-repository",
    ),
    "a frame whose text is here speaks against a function in another file": (
        """
        a/handlers.py
          other():
        b/flow.py
          @handle(request):
        """,
        "handle(request) frames=mlflow>/home/x/a/handlers.py:15:handle -> - unknown",
    ),
    "a probable frame makes a function in another file weak, called or not": (
        """
        api/a/handlers.py
          other():
        b/flow.py
          @serve(app): handle
          @handle(request):
        """,
        """
        serve(app)         -> serve exact
          handle(request) frames=mlflow>/srv/api/a/handlers.py:15:handle? -> handle weak
        """,
    ),
    "a probable frame outdoes a call into another file, weakly": (
        """
        api/a/handlers.py
          @A.run(value):
        b/flow.py
          @serve(app): B.run
          @B.run(value):
        """,
        """
        serve(app)    -> serve exact
          run(value) frames=mlflow>/srv/api/a/handlers.py:5:run? -> A.run weak
        """,
    ),
    "the frame of a decorator below MLflow's says nothing against the function": (
        """
        a/retrying.py
          inner():
        b/flow.py
          @handle(request):
        """,
        "handle(request) frames=mlflow>/srv/app/a/retrying.py:3:inner -> handle exact",
    ),
    "a frame does not lay a function's span on a block in it that has another name": (
        """
        a.py
          process(basket): with_('reserve_all')
        """,
        """
        checkout(basket) fn=process frames=mlflow>/srv/app/a.py:3:process -> - unknown
        """,
    ),
    "a variable name is told by the frame": (
        """
        a.py
          main(): with_(title)
        """,
        "tides frames=mlflow>/srv/app/a.py:3:main -> main/title exact",
    ),
}


@pytest.mark.parametrize("case", FRAMES)
def test_frames(case: str) -> None:
    check(*FRAMES[case])


def test_a_foreign_service_is_never_forced() -> None:
    check(
        "@get(key): ",
        """
        get(key) service=shop       -> get exact
          get(key) service=billing  -> - other-repository
        """,
        Settings(services=("shop",)),
    )


def test_excluded_files() -> None:
    check(
        """
        a.py
          @A.run(value):
        """,
        "run(value) frames=mlflow>/srv/app/vendor/charge.py:3:run -> - excluded",
        Settings(exclude=("vendor/",)),
    )


def test_taught_names() -> None:
    check(
        """
        jobs/flows.py
          @run_step(step):
        """,
        "step:import -> run_step exact",
        Settings(names={"step:*": "jobs.flows:run_step"}),
    )
