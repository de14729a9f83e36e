// npm run bench: how long a training step takes beside PyTorch and the JavaScript libraries; writes
// kernel-lib/BENCHMARKS.md. Takes about a quarter of an hour, on a machine that does nothing else.

import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { experiments, turns } from "./bench/experiments.mjs";
import { peers, pytorchContender, ways } from "./bench/lineup.mjs";
import { benchOptions } from "./bench/options.mjs";
import { report } from "./bench/report.mjs";
import { startAgain, takeTurns } from "./bench/rounds.mjs";
import { writeWhole } from "./steps/files.mjs";
import { library } from "./steps/library.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { ROOT } from "./steps/paths.mjs";
import { PYTORCH } from "./steps/pytorch.mjs";
import { answerOf } from "./steps/run.mjs";
import { command, inLanguage, say } from "./steps/say.mjs";

const PAGE = join(ROOT, "kernel-lib", "BENCHMARKS.md");
const RESULTS = join(ROOT, "work", "bench", "results.json");

/** @typedef {import("./bench/results.mjs").Results} Results */

async function bench() {
  const options = benchOptions(process.argv.slice(2));
  if (options.help) return console.log(inLanguage(HELP.en, HELP.zh));
  await npmPackages();
  await library();
  const { lineup, ...about } = await prepare(options.parts);
  const plan = experiments(options, lineup);
  /** @type {Results} */
  const results = {
    ways: about.ways,
    facts: facts(),
    run: { seed: options.seed, rounds: options.rounds, load: `${load()} before` },
    groups: [],
    absent: about.absent,
  };
  say(
    `Seed ${options.seed}; ${plan.length} experiments. Leave the machine alone meanwhile.`,
    `种子 ${options.seed}；共 ${plan.length} 个实验。其间请不要使用这台机器。`,
  );
  let done = 0;
  for (const together of turns(plan)) {
    const [{ contenders, job, rounds, again }] = together;
    for (const { table, what, job } of together) {
      console.log(`${++done}/${plan.length} ${table}: ${what} × ${job.threads}`);
    }
    const found = again ? [await startAgain(contenders, job, rounds)] : await takeTurns(together, rounds);
    for (const [i, { failed, ...times }] of found.entries()) {
      const { table, key, what, job } = together[i];
      const { threads, network, size } = job;
      results.groups.push({ table, key, what, threads, network, size, ...times });
      results.absent.push(
        ...failed.map(({ name, why }) => {
          return { name: `${name} (${table}: ${what})`, why: why.replaceAll(ROOT, "") }; // the page tells no places
        }),
      );
    }
    writeWhole(RESULTS, `${JSON.stringify(results)}\n`);
  }
  results.run.load += `, ${load()} after`;
  const page = report(results);
  console.log(`\n${page}`);
  if (!options.whole) return;
  writeWhole(PAGE, page);
  say("kernel-lib/BENCHMARKS.md is written.", "kernel-lib/BENCHMARKS.md 已写好。");
}

/**
 * Install what is missing, and see what this machine can run.
 * @param {string[]} parts
 */
async function prepare(parts) {
  const found = ways();
  const others = await peers(parts);
  const pytorch = await pytorchContender();
  const absent = [...found.absent, ...others.absent];
  if ("why" in pytorch) absent.push(pytorch);
  const told = found.ways.map(({ way, flags, contender }) => {
    const said = answerOf(process.execPath, [
      ...flags,
      join(ROOT, "kernel-lib", "commands", "bench", "contenders", "features.mjs"),
    ]);
    return { name: contender.name, way, flags, ...JSON.parse(said ?? "{}") };
  });
  const threads = told.every((each) => each.threads);
  if (!threads) absent.push({ name: "2 threads", why: "kernel-lib has no backend.setThreads" });
  const best = found.ways.find(({ way }) => way === "fma") ?? found.ways[0];
  for (const each of absent) say(`Without ${each.name}: ${each.why}`, `没有 ${each.name}：${each.why}`);
  return {
    absent,
    ways: told.map(({ name, way, flags, backend, features }) => ({
      name,
      way,
      how: `\`${["node", ...flags].join(" ")}\`, backend ${backend}${features ? `, ${featureList(features)}` : ""}`,
    })),
    lineup: {
      ours: found.ways.map(({ contender }) => contender),
      best: best.contender,
      pytorch: "why" in pytorch ? [] : [pytorch],
      training: others.training,
      forward: others.forward,
      threads,
    },
  };
}

/** @param {Record<string, unknown>} features */
const featureList = (features) =>
  `with ${Object.keys(features)
    .filter((name) => features[name] === true)
    .join(", ")}`;

function facts() {
  const commit = answerOf("git", ["-C", ROOT, "rev-parse", "--short", "HEAD"]) ?? "?";
  const changed = answerOf("git", ["-C", ROOT, "status", "--porcelain", "--", "kernel-lib/src"])
    ? " with changes"
    : "";
  return [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit}${changed}`,
    `${cpus()[0]?.model.trim() ?? "?"} × ${cpus().length}, ${process.platform} ${process.arch}`,
    `Node ${process.versions.node} (V8 ${process.versions.v8}), PyTorch ${PYTORCH.replace("torch==", "")} on the CPU`,
  ];
}

const load = () => loadavg()[0].toFixed(1);

const HELP = {
  en: `npm run bench                  measure everything and write kernel-lib/BENCHMARKS.md
npm run bench -- --quick       one round of W1, to try it
npm run bench -- --only w1,w2  some parts: w1, w2, w3, random, forward, peers, ops, start, curves
npm run bench -- --rounds 3    as many turns for each contender (9)
npm run bench -- --seed 7      draw the random networks from this seed`,
  zh: `npm run bench                  全部测一遍，写出 kernel-lib/BENCHMARKS.md
npm run bench -- --quick       只测一轮 W1，用来试试
npm run bench -- --only w1,w2  只测几部分：w1、w2、w3、random、forward、peers、ops、start、curves
npm run bench -- --rounds 3    每个参加者轮到的次数（9）
npm run bench -- --seed 7      用这个种子抽取随机网络`,
};

await command(bench); // last, since the constants above must be there
