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

  /** What scrolls sideways must do so without a mouse too. @param {any} box */
  const reachable = (box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  };

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

  /** @param {any} box */
  const draw = async (box) => {
    const script = box.querySelector('script[type="application/json"]');
    const { data, layout = {}, config } = JSON.parse(script.textContent);
    const Plotly = await plotly();
    const plot = document.createElement("div");
    plot.style.minWidth = `${layout.width ?? 560}px`; // narrower, its words would run into each other: it scrolls
    box.append(plot);
    await Plotly.newPlot(plot, data, layout, { responsive: true, displaylogo: false, ...config });
    box.querySelector("img")?.remove();
    box.classList.add("alive");
    reachable(box);
  };

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("button.theme");
    button.hidden = false;
    const press = () => button.setAttribute("aria-pressed", String(isDark()));
    press();
    button.addEventListener("click", () => {
      html.dataset.theme = isDark() ? "light" : "dark";
      stored(key, html.dataset.theme);
      press();
    });

    // A reader of one language stays at the same cell in the other: both use the same names.
    document
      .querySelectorAll("a[data-keep-hash]")
      .forEach((/** @type {any} */ link) =>
        link.addEventListener("click", () => (link.hash = page.location.hash)),
      );
    document.querySelectorAll("pre, .scroll, .katex-display").forEach(reachable);
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
