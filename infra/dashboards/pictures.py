"""``make pictures``: every dashboard as a picture, drawn by a real browser of the engine's answers.

Reads what the integration test has prepared (``PICTURES=folder``), and writes a page and a picture for each dashboard.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import vl_convert

from infra.dashboards.objects import panel_id
from infra.dashboards.rendering import COLUMN, ROW, VEGA_LITE, sized
from infra.dashboards.sketches import Sketcher
from infra.dashboards.source import LANGUAGES, dashboards

if TYPE_CHECKING:
    from infra.dashboards.source import Dashboard, Language, Panel

Prepared = dict[str, dict[str, Any]]

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_SECONDS: Final = 120
_BARS: Final = {"histogram", "horizontal_bar"}
_STYLE: Final = """
body { margin: 0; background: #f5f7fa; font: 12px "NanumGothic", sans-serif; color: #343741; position: relative; }
section { position: absolute; box-sizing: border-box; padding: 4px; }
section > div { background: white; border: 1px solid #d3dae6; border-radius: 4px; height: 100%; overflow: hidden; }
h2 { font-size: 13px; margin: 5px 8px; } .vega { margin: 0 6px; } .bad { color: #d55e00; font-weight: bold; }
table { border-collapse: collapse; margin: 0 8px; width: 97%; } td, th { text-align: left; padding: 2px 6px 2px 0;
border-bottom: 1px solid #eee; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 180px; }
.metric { display: flex; justify-content: space-around; } .metric div { text-align: center; }
.metric b { display: block; font-size: 30px; } .cloud { padding: 8px; text-align: center; line-height: 1.1; }
.controls { display: flex; gap: 24px; padding: 0 10px; } select { display: block; width: 260px; }
"""
_DRAW: Final = """
const warnings = [];
for (const level of ["warn", "error"]) console[level] = (...said) => warnings.push(said.join(" "));
async function draw(name, spec) {
  try {
    await vegaEmbed("#" + name, spec, {actions: false, renderer: "canvas"});
  } catch (error) { warnings.push(name + ": " + error); }
}
Promise.all(Object.entries(SPECS).map(([name, spec]) => draw(name, spec))).then(() => {
  const said = document.createElement("p");
  said.id = "said"; said.className = warnings.length ? "bad" : "";
  said.textContent = warnings.length ? warnings.join("; ") : "drawn";
  document.body.append(said);
});
"""


def main() -> None:
    """Draw everything that was prepared in the folder that is named."""
    folder = Path(sys.argv[1]).resolve()
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.exit("a browser is needed to draw pictures (Debian: apt-get install chromium fonts-nanum)")
    (folder / "vega.js").write_text(
        vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE), "utf-8"
    )
    for language in LANGUAGES:
        prepared: Prepared = json.loads((folder / f"{language}.json").read_text("utf-8"))
        for dashboard in dashboards():
            path = folder / f"{dashboard.id}-{language}.html"
            path.write_text(page(dashboard, language, prepared), "utf-8")
            print(_photograph(browser, path, _height(dashboard)))


def page(dashboard: Dashboard, language: Language, prepared: Prepared) -> str:
    """A dashboard's panels in their places."""
    sketcher, specs, sections = Sketcher(language, prepared["names"]), {}, []
    for panel in dashboard.panel:
        found = prepared[panel_id(dashboard, panel, language)]
        if panel.draw in _BARS:
            specs[panel.id] = sized(sketcher.chart(panel, found["answers"][0]), panel.at[2], panel.at[3])
        elif "spec" in found:
            specs[panel.id] = found["spec"]
        inside = "" if panel.id in specs else sketcher.html(panel, found["answers"])
        sections.append(_section(panel, language, inside))
    given = json.dumps(specs, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<!doctype html><html lang={language}><meta charset="utf-8"><title>{escape(dashboard.title.in_(language))}'
        f"</title><style>{_STYLE}</style><body>{''.join(sections)}"
        f'<script src="vega.js"></script><script>((SPECS) => {{{_DRAW}}})({given});</script></body></html>'
    )


def _section(panel: Panel, language: Language, inside: str) -> str:
    x, y, width, height = panel.at
    place = f"left:{x * COLUMN}px;top:{y * ROW}px;width:{width * COLUMN}px;height:{height * ROW}px"
    title = escape(panel.title.in_(language))
    return (
        f'<section style="{place}"><div><h2>{title}</h2><div class=vega id="{panel.id}"></div>{inside}</div></section>'
    )


def _height(dashboard: Dashboard) -> int:
    return ROW * max(panel.at[1] + panel.at[3] for panel in dashboard.panel)


def _photograph(browser: str, page: Path, height: int) -> Path:
    """A page as a picture.

    Raises:
        SystemExit: Vega warned, or could not draw; says of what.
    """
    picture = page.with_suffix(".png")
    with tempfile.TemporaryDirectory() as profile:
        # No sandbox: as root, as in a container, the browser has none; the pages are ours and ask nobody.
        common = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        sizes = [f"--window-size={48 * COLUMN},{height}", "--hide-scrollbars", "--virtual-time-budget=20000"]
        shot = [*common, *sizes, f"--screenshot={picture}", page.as_uri()]
        subprocess.run(shot, check=True, capture_output=True, timeout=_SECONDS)
        dump = [*common, *sizes, "--dump-dom", page.as_uri()]
        dom = subprocess.run(dump, check=True, capture_output=True, timeout=_SECONDS, text=True).stdout
    _, _, behind = dom.partition('<p id="said"')
    said = behind.partition("</p>")[0].partition(">")[2]
    if said != "drawn":
        sys.exit(f"{page.name}: {said or 'nothing was drawn'}")
    return picture


if __name__ == "__main__":
    main()
