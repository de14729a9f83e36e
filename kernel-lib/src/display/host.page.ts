/** A page is no notebook kernel: there is nobody to hand forms to. */
export const currentHost: typeof import("./host.js").currentHost = () => null;
