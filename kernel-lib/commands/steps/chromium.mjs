// Is there a Chromium that a test can drive?

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * @returns {string | undefined} the program; CNN_WORKBOOK_CHROMIUM names one to use instead of looking ("none": as if
 *          there were none)
 */
export function findChromium(env = process.env) {
  const chosen = env.CNN_WORKBOOK_CHROMIUM;
  if (chosen) return chosen === "none" ? undefined : chosen;
  const folders = (env.PATH ?? "").split(delimiter).filter(Boolean);
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...ELSEWHERE].find(
    isProgram,
  );
}

const ELSEWHERE = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
