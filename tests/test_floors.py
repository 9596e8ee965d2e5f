import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

REFUSED = [
    # contract, where, what
    ("floors", "gateway.app", "import gateway.__main__"),
    ("floors", "gateway.context", "import gateway.http"),
    ("floors", "gateway.merge", "import gateway.context"),
    ("floors", "gateway.loaders", "import gateway.cursor"),
    ("floors", "gateway.cursor", "import gateway.loaders"),
    ("floors", "gateway.adapter", "import gateway.sandbox"),
    ("floors", "gateway.sandbox", "import gateway.sources"),
    ("floors", "gateway.upstream.client", "import gateway.adapter"),
    ("floors", "gateway.errors", "import gateway.settings"),
    ("floors", "gateway.cache.cache", "import gateway.upstream.call"),
    ("floors", "gateway.store.entry", "import gateway.cache.keys"),
    ("floors", "gateway.store.store", "import gateway.settings"),
    ("graph", "schema.queries", "import gateway.errors"),
    ("graph", "schema.types.stage", "import starlette.requests"),
    ("strangers", "gateway.sources.devrev", "import gateway.sources.esper"),
    ("strangers", "gateway.sources.storyblok.wire", "from gateway.sources.outreach import wire"),
    ("one-client", "gateway.cursor", "import httpx"),
    ("one-client", "gateway.sources.outreach", "def send():\n    from httpx import post"),
    ("one-store", "gateway.cache.cache", "import aiocache"),
    ("one-store", "gateway.upstream.client", "import redis.asyncio"),
    ("pure", "gateway.sources.devrev.calls", "import asyncio"),
    ("pure", "gateway.sources.esper.wire", "from starlette.requests import Request"),
    ("pure", "gateway.sources.storyblok.normalise", "import gateway.upstream.client"),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What import-linter reads of the tree, to be spoilt."""
    built = shutil.ignore_patterns("node_modules", "dist", "page", "__pycache__", "tests")
    for package in ("gateway", "schema"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=built)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path, *arguments: str) -> tuple[bool, str]:
    """Whether every contract was kept, and what was said."""
    done = subprocess.run(  # noqa: S603 - import-linter, on a copy
        [LINT_IMPORTS, "--no-cache", *arguments],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout + done.stderr


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    kept, said = lint(tree)

    assert kept, said
    assert " 0 broken" in said


@pytest.mark.parametrize(("contract", "where", "what"), REFUSED)
def test_a_forbidden_import_is_refused(tree: Path, contract: str, where: str, what: str) -> None:
    path = tree.joinpath(*where.split("."))
    module = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    module.write_text(f"{module.read_text(encoding='utf-8')}\n\n{what}\n", encoding="utf-8")

    kept, said = lint(tree, "--contract", contract)

    assert not kept
    assert "BROKEN" in said
    assert where in said


def test_a_module_without_a_floor_is_refused(tree: Path) -> None:
    (tree / "gateway" / "helpers.py").touch()

    kept, said = lint(tree, "--contract", "floors")

    assert not kept
    assert "gateway.helpers" in said


def test_a_source_s_own_tests_stand_on_no_floor(tree: Path) -> None:
    tests = tree / "gateway" / "sources" / "devrev" / "tests"
    tests.mkdir()
    (tests / "test_planted.py").write_text(
        "import gateway.app\nimport gateway.sources.esper\nimport httpx\n", encoding="utf-8"
    )

    kept, said = lint(tree)

    assert kept, said
