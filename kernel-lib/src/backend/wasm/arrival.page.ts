/** Hand over what networks are computed with, once it has come: a page begins without it, and loads it right away. */
export const whenThere: typeof import("./arrival.js").whenThere = async (use) => {
  use(await import("./networks.js"));
};
