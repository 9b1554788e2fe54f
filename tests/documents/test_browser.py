"""Pages in a browser, Debian's Chromium: nothing scrolls sideways, and all text can be read, light and dark."""

import re
import shutil
import subprocess

import pytest

from .test_pages import BASE, HOSTILE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PROBE = """<script>
const light = (c) => {
  const linear = (v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const [r, g, b] = c.match(/[0-9.]+/g).map((v) => linear(v / 255));
  return .2126 * r + .7152 * g + .0722 * b;
};
const ground = (e) => {
  for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$/.test(c)) return c;
  }
  return "rgb(255, 255, 255)";
};
let least = 99;
for (const e of document.body.querySelectorAll("*")) {
  if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
  const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
  least = Math.min(least, (a + .05) / (b + .05));
}
document.title = [document.documentElement.scrollWidth - innerWidth, least.toFixed(2)].join(" ");
</script></body>"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways_and_all_text_has_contrast(site, tmp_path, width, dark):
    site.config["feeds"] |= {
        "none": {"title": "None", "any": ["nothing that is there"]},
        "old": {"title": "Old", "retired": {"moved_to": BASE + "all.atom"}},
    }
    site.build([*HOSTILE, {"title": "W" * 200, "text": "x" * 400, "date": "2024-05-09"}])
    for page in sorted(site.out.rglob("*.html")):
        if page.name == "404.html":  # whose links begin at the host
            continue
        text = page.read_text(encoding="utf-8")
        page.write_text(re.sub(r"</body>", lambda _: PROBE, text), encoding="utf-8")
        done = subprocess.run(
            [
                *[
                    CHROMIUM,
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    f"--user-data-dir={tmp_path}/profile",
                ],
                *[f"--window-size={width},900", f"--blink-settings=preferredColorScheme={int(not dark)}"],
                *["--dump-dom", page.as_uri()],
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        wide, least = re.search(r"<title>(-?\d+) ([0-9.]+)</title>", done.stdout).groups()
        assert int(wide) <= 0, page.name
        assert float(least) >= 7, page.name
