"""`python -m tools.site.build`: record, assemble, and build both languages into build/site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from tools.site import assemble, recordings
from tools.site.places import BUILD, CACHE, LANGUAGES, ROOT, SITE


def main() -> int:
    """Build both languages; a warning of Sphinx's is an error."""
    start = perf_counter()
    CACHE.mkdir(parents=True, exist_ok=True)
    recorded = recordings.made()
    if not recorded:
        print("PyTorch is not installed: the pages that step through both programs are left out")
    for language in LANGUAGES:
        source = assemble.write(language, assemble.assembled(language, recorded))
        target = SITE if language == "en" else SITE / language
        flags = ["-W", "--keep-going", "-q", "-d", str(BUILD / "site-doctrees" / language)]
        command = [sys.executable, "-m", "sphinx", *flags, "-c", str(ROOT / "tools" / "site")]
        environment = os.environ | {"JAXDL_SITE_LANGUAGE": language}
        done = subprocess.run([*command, str(source), str(target)], env=environment, cwd=ROOT)
        if done.returncode:
            return done.returncode
        swept(source, target)
        print(f"{language}: {target}, {perf_counter() - start:.0f} s", flush=True)
    (SITE / "recordings").mkdir(exist_ok=True)
    for name, path in recorded.items():
        shutil.copyfile(path, SITE / "recordings" / f"{name}.html")
    (SITE / ".nojekyll").touch()  # GitHub Pages else leaves out _static
    return 0


def swept(source: Path, target: Path) -> None:
    """Remove the pages of an earlier build that the sources no longer have."""
    for folder in source.iterdir():
        for page in (target / folder.name).glob("*.html") if folder.is_dir() else ():
            if not list(folder.glob(f"{page.stem}.*")):
                page.unlink()


if __name__ == "__main__":
    sys.exit(main())
