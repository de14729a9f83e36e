// How JupyterLab behaves in this project: it speaks the learner's language and asks nothing of any other machine.

import { join } from "node:path";
import { writeWhole } from "./files.mjs";
import { VENV } from "./paths.mjs";

/**
 * Write the settings into one environment; the user's own Jupyter, and its settings, stay as they are.
 *
 * @param {import("./language.mjs").Language} language
 * @param {string} [prefix] the environment
 * @param {object} [more] settings of LabApp that only some places need
 */
export function labConfig(language, prefix = VENV, more = {}) {
  const config = join(prefix, "etc", "jupyter");
  write(join(config, "jupyter_lab_config.json"), {
    LabApp: {
      news_url: null,
      check_for_updates_class: "jupyterlab.NeverCheckForUpdate",
      extension_manager: "readonly", // the other kind lists the packages of a registry
      ...more,
    },
  });
  write(join(config, "jupyter_server_config.json"), {
    MultiKernelManager: { default_kernel_name: "tslab" },
    // nbgrader is here for who sets and grades homework, from the command line; its panels would only puzzle a learner.
    ServerApp: { jpserver_extensions: Object.fromEntries(NBGRADER_PANELS.map((name) => [name, false])) },
  });
  write(join(config, "labconfig", "page_config.json"), { disabledExtensions: { "@jupyter/nbgrader": true } });
  write(join(config, "labconfig", "default_setting_overrides.json"), {
    "@jupyterlab/apputils-extension:notification": { checkForUpdates: false, fetchNews: "false" },
    "@jupyterlab/translation-extension:plugin": { locale: language === "zh" ? "zh_CN" : "en" },
  });
}

const NBGRADER_PANELS = ["assignment_list", "course_list", "formgrader", "validate_assignment"].map(
  (name) => `nbgrader.server_extensions.${name}`,
);

/**
 * @param {string} file
 * @param {object} content
 */
function write(file, content) {
  writeWhole(file, `${JSON.stringify(content, null, 2)}\n`);
}
