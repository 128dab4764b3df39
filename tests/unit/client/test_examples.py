"""The runner of documents' examples: it finds what does not work, and says on which line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.system.examples import blocks, failures, unused_programs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.system.examples import Session

WORKS = """
```sh
not run
```

```python
import os
x = os.environ["SOCIALINDEX_URL"]
```

```bash
y=배터리
```

```java
class Ask {
}
```

```python
print(x, "배터리", 137)
```

```text
http://a.example ... 1...
```

```bash
echo "$y"; ls
```

```text
배터리
Ask.java
```

```bash
echo java Ask.java
```
"""


def told(tmp_path: Path, text: str, session: Session) -> list[str]:
    document = tmp_path / "guide.md"
    document.write_text(text, "utf-8")
    folder = tmp_path / "reader"
    folder.mkdir()
    return failures(document, session, folder, {"SOCIALINDEX_URL": "http://a.example"})


@pytest.mark.parametrize("session", ["curl", "python", "java"])
def test_what_works_is_passed(tmp_path: Path, session: Session) -> None:
    assert told(tmp_path, WORKS, session) == []


@pytest.mark.parametrize(
    ("wrong", "right", "session", "said"),
    [
        (
            '"SOCIALINDEX_URL"]\n',
            '"NOWHERE"]\n',
            "python",
            ["guide.md:7 ended with 1", "line 8, in <module>", "KeyError"],
        ),
        ('print(x, "배터리", 137)', "print(x)", "python", ["guide.md:21 printed\nhttp://a.example\ninstead of"]),
        ("y=배터리", "false", "curl", ["guide.md:12 ended with 1"]),
        ('echo "$y"; ls', "true", "curl", ["guide.md:29 printed\ninstead of\n배터리"]),
        ("echo java Ask.java", "java Ask.java; exit 3", "java", ["guide.md:38 ended with "]),
    ],
)
def test_what_does_not_is_told_with_its_line(
    tmp_path: Path, wrong: str, right: str, session: Session, said: list[str]
) -> None:
    (failure,) = told(tmp_path, WORKS.replace(wrong, right), session)
    assert [words for words in said if words not in failure] == []


def test_a_program_that_nobody_runs_is_found(tmp_path: Path) -> None:
    document = tmp_path / "guide.md"
    document.write_text(WORKS.replace("echo java Ask.java", "true"), "utf-8")
    assert unused_programs(document) == {"Ask"}
    assert [block.language for block in blocks(document)].count("java") == 1
