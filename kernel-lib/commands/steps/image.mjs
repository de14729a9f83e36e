// Prepare an environment that somebody else made: the image of a Binder or a JupyterHub. Called by postBuild.

import { engineFlags } from "./engineFlags.mjs";
import { npmPackages } from "./npmPackages.mjs";
import { kernelspec } from "./kernelspec.mjs";
import { labConfig } from "./labConfig.mjs";
import { systemLanguage } from "./language.mjs";
import { layLessons } from "./lessons.mjs";
import { library } from "./library.mjs";
import { Missing, command, say } from "./say.mjs";

await command(async () => {
  const prefix = process.argv[2];
  if (!prefix) {
    throw new Missing(
      "The environment to prepare is missing; type: ./postBuild",
      "没有指明要准备的环境；请输入：./postBuild",
    );
  }
  await npmPackages();
  await library();
  kernelspec(prefix, await engineFlags());
  const language = systemLanguage();
  // There the server starts in the project's folder, not in work/.
  labConfig(language, prefix, { default_url: `/lab/tree/work/${language}` });
  layLessons();
  say(`The image is ready (${prefix}).`, `镜像已准备好（${prefix}）。`);
});
