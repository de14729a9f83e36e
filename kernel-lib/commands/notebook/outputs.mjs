/**
 * What a cell showed, gathered the way Jupyter does: text of one stream is merged, an update replaces every output
 * of its display id wherever that stands.
 */

/** @typedef {import("./nbformat.mjs").Output} Output */
/** @typedef {import("./nbformat.mjs").DisplayOutput} DisplayOutput */

export class Outputs {
  /** @type {Map<string, DisplayOutput[]>} */
  #byId = new Map();

  /**
   * @param {Output[]} outputs those of a cell; changed in place, as everywhere here
   * @param {"stdout" | "stderr"} name
   * @param {string} text
   */
  stream(outputs, name, text) {
    const last = outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text += text;
    else outputs.push({ output_type: "stream", name, text });
  }

  /**
   * @param {Output[]} outputs
   * @param {{ data: object, metadata?: object, transient?: { display_id?: string } }} content
   * @param {boolean} update whether it replaces an earlier output of its display id
   */
  display(outputs, { data, metadata = {}, transient = {} }, update) {
    const fresh = /** @type {Pick<DisplayOutput, "data" | "metadata">} */ ({ data, metadata });
    const id = transient.display_id;
    if (update) {
      for (const output of (id && this.#byId.get(id)) || []) Object.assign(output, structuredClone(fresh));
      return; // like Jupyter, ignore an update of what nobody displayed
    }
    /** @type {DisplayOutput} */
    const output = { output_type: "display_data", ...fresh };
    outputs.push(output);
    if (id) this.#byId.set(id, [...(this.#byId.get(id) ?? []), output]);
  }

  /**
   * @param {Output[]} outputs
   * @param {{ ename: string, evalue: string, traceback: string[] }} error
   */
  error(outputs, error) {
    outputs.push({ output_type: "error", ...error });
  }
}
