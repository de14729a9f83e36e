/** What the kernel itself says in a notebook, in the reader's language. */

import { say } from "../display/language.js";
import type { ErrorContent } from "./messages.js";
import type { Loss } from "./supervisor.js";

const RED = "\x1b[31m";
const PLAIN = "\x1b[39m";

/** An error in the form that a notebook shows. */
export function errorContent(ename: string, evalue: string): ErrorContent {
  return { ename, evalue, traceback: [`${RED}${ename}${PLAIN}: ${evalue}`] };
}

/** The running cell's error when its process is gone. */
export function lossError(loss: Loss): ErrorContent {
  if (loss.because === "stuck") {
    return errorContent(
      "KernelInterrupted",
      say({
        en: "the cell did not react to the interrupt, so its process was replaced: all variables are gone; run the cells above again",
        zh: "单元格没有响应中断，因此它的进程已被替换：所有变量都已丢失，请重新运行上面的单元格",
      }),
    );
  }
  return errorContent(
    "ProcessEnded",
    say({
      en: `the process that runs the cells ended (${loss.how}) and was replaced: all variables are gone; run the cells above again`,
      zh: `运行单元格的进程已结束（${loss.how}），并已被替换：所有变量都已丢失，请重新运行上面的单元格`,
    }),
  );
}
