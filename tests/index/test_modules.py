"""Which files an import means."""

from __future__ import annotations

import pytest

from tracegloss.index.modules import ModuleMap

FLAT = ["main.py", "tools/__init__.py", "tools/search.py", "tools/deep/inner.py", "json.py"]
SRC = ["src/shop/__init__.py", "src/shop/cart.py", "tests/test_cart.py", "scripts/run.py"]
MONOREPO = [
    "services/a/app/__init__.py",
    "services/a/app/tracing.py",
    "services/a/main.py",
    "services/b/app/__init__.py",
    "services/b/app/tracing.py",
    "services/b/main.py",
    "shared/tracing.py",
    "vendor/one/lib/util.py",
    "vendor/two/lib/util.py",
]

CASES = {
    "a module beside": (FLAT, "main.py", "tools.search", ["tools/search.py"]),
    "a package": (FLAT, "main.py", "tools", ["tools/__init__.py"]),
    "relative, same package": (FLAT, "tools/search.py", ".", ["tools/__init__.py"]),
    "relative, submodule": (FLAT, "tools/__init__.py", ".search", ["tools/search.py"]),
    "relative, up": (FLAT, "tools/deep/inner.py", "..search", ["tools/search.py"]),
    "relative, out of the tree": (FLAT, "main.py", "...x", []),
    "a namespace package": (FLAT, "main.py", "tools.deep.inner", ["tools/deep/inner.py"]),
    "the standard library comes first": (FLAT, "tools/search.py", "json", []),
    "a script's own folder comes before it": (FLAT, "main.py", "json", ["json.py"]),
    "outside": (FLAT, "main.py", "requests", []),
    "src layout from tests": (SRC, "tests/test_cart.py", "shop.cart", ["src/shop/cart.py"]),
    "src layout from inside": (SRC, "src/shop/cart.py", "shop", ["src/shop/__init__.py"]),
    "the nearest root": (
        MONOREPO,
        "services/a/main.py",
        "app.tracing",
        ["services/a/app/tracing.py"],
    ),
    "the other root": (MONOREPO, "services/b/main.py", "app", ["services/b/app/__init__.py"]),
    "no module of a package by its bare name": (
        MONOREPO,
        "services/a/app/__init__.py",
        "tracing",
        ["shared/tracing.py"],
    ),
    "copies that tie": (
        MONOREPO,
        "shared/tracing.py",
        "lib.util",
        ["vendor/one/lib/util.py", "vendor/two/lib/util.py"],
    ),
}


@pytest.mark.parametrize("files,importer,module,expected", CASES.values(), ids=CASES)
def test_an_import_means(files: list[str], importer: str, module: str, expected: list[str]) -> None:
    assert list(ModuleMap(files).resolve(importer, module)) == expected
