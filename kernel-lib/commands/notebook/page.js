/**
 * What a page does in a browser: remember light or dark, draw Plotly's figures when they come into view.
 * A classic script, since a browser loads no module from disk. It stands in the head so that no page flashes.
 */
(() => {
  // Type-checked with Node's types, where there is no page.
  const page = /** @type {any} */ (globalThis);
  const { document } = page;
  const html = document.documentElement;

  // Storage may be forbidden, as it is for a file in some browsers.
  const stored = (/** @type {string} */ key, /** @type {string} */ value) => {
    try {
      if (value) page.localStorage.setItem(key, value);
      return page.localStorage.getItem(key);
    } catch {
      return value;
    }
  };
  const key = "cnn-workbook-theme";
  const theme = stored(key, "");
  if (theme === "light" || theme === "dark") html.dataset.theme = theme;
  const isDark = () =>
    (html.dataset.theme ?? (page.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) ===
    "dark";

  /** @type {Promise<any> | undefined} */
  let loading;
  const plotly = () =>
    (loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${document.body.dataset.assets}/plotly.min.js`;
      script.onload = () => resolve(page.Plotly);
      script.onerror = reject;
      document.head.append(script);
    }));

  /** Colours of the page for whatever the figure leaves open. @param {any} layout */
  const themed = (layout = {}) => {
    if (layout.paper_bgcolor) return layout;
    const ink = page.getComputedStyle(html).color;
    const line = page.getComputedStyle(document.querySelector("header.site")).borderBottomColor;
    const axes = Object.fromEntries(
      ["xaxis", "yaxis", ...Object.keys(layout).filter((name) => /^[xy]axis/.test(name))].map((name) => [
        name,
        { gridcolor: line, zerolinecolor: line, linecolor: line, ...layout[name] },
      ]),
    );
    return {
      plot_bgcolor: "rgba(0,0,0,0)",
      ...layout,
      ...axes,
      paper_bgcolor: "rgba(0,0,0,0)",
      font: { color: ink, ...layout.font },
    };
  };

  /** @param {any} box */
  const draw = async (box) => {
    const script = box.querySelector('script[type="application/json"]');
    const { data, layout = {}, config } = JSON.parse(script.textContent);
    const room = box.clientWidth;
    const size =
      layout.width > room
        ? { width: room, height: Math.round(((layout.height ?? 450) * room) / layout.width) }
        : {};
    const Plotly = await plotly();
    let plot = box.querySelector(".drawn");
    if (!plot) {
      plot = document.createElement("div");
      plot.className = "drawn";
      box.append(plot);
    }
    await Plotly.react(
      plot,
      data,
      { ...themed(layout), ...size },
      { responsive: true, displaylogo: false, ...config },
    );
    box.querySelector("img")?.remove();
    box.classList.add("alive");
  };
  const drawAgain = () => document.querySelectorAll(".plotly-figure.alive").forEach(draw);

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("button.theme");
    button.hidden = false;
    const press = () => button.setAttribute("aria-pressed", String(isDark()));
    press();
    button.addEventListener("click", () => {
      html.dataset.theme = isDark() ? "light" : "dark";
      stored(key, html.dataset.theme);
      press();
      drawAgain();
    });
    page.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAgain);

    // A reader of one language stays at the same cell in the other: both use the same names.
    document
      .querySelectorAll("a[data-keep-hash]")
      .forEach((/** @type {any} */ link) =>
        link.addEventListener("click", () => (link.hash = page.location.hash)),
      );
    // What scrolls sideways must be reachable without a mouse.
    document.querySelectorAll("pre, .scroll, .katex-display").forEach((/** @type {any} */ box) => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    });
    if (page.matchMedia("(max-width: 72rem)").matches)
      document.querySelector(".contents details")?.removeAttribute("open");

    const figures = document.querySelectorAll(".plotly-figure");
    const seen = new page.IntersectionObserver(
      (/** @type {any[]} */ entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          seen.unobserve(target);
          draw(target).catch((error) => console.error("figure not drawn:", error)); // its picture stays
        }
      },
      { rootMargin: "600px" },
    );
    figures.forEach((/** @type {any} */ box) => seen.observe(box));
  });
})();
