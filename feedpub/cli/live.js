// Asks `feedpub serve --watch` for news, shows why a build failed, and reloads the page after a build.
(() => {
  const own = document.currentScript;
  let notice = null;
  const show = (error) => {
    if (!error) { notice?.remove(); notice = null; return; }
    if (!notice) {
      notice = document.createElement("div");
      notice.setAttribute("role", "alert");
      Object.assign(notice.style, {
        position: "fixed", insetInline: "0", insetBlockEnd: "0", padding: ".75rem 1rem", zIndex: "9",
        background: "#7a1010", color: "#fff", font: ".875rem/1.5 ui-monospace, monospace", whiteSpace: "pre-wrap",
      });
      document.body.append(notice);
    }
    notice.textContent = error;
  };
  const ask = async () => {
    try {
      const said = await (await fetch(own.src.replace(/[^/]*$/, "builds.json"))).json();
      if (said.build !== Number(own.dataset.build)) { location.reload(); return; }
      show(said.error);
    } catch { /* the server was stopped; it may come back */ }
    setTimeout(ask, 500);
  };
  ask();
})();
