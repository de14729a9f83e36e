/**
 * The front process of the Jupyter kernel, which Jupyter starts:
 *
 *     node main.js CONNECTION_FILE [--history FILE]
 *
 * It owns the sockets and never runs a cell: that is done in a child, see `child.ts`.
 */

import { parseArgs } from "node:util";
import { Handler } from "./handler.js";
import { History } from "./history.js";
import { Sockets, readConnection } from "./sockets.js";
import { Supervisor, type Listener } from "./supervisor.js";
import { typescriptVersion } from "./tslabEngine.js";
import { Wire, WireError } from "./wire.js";

const { values, positionals } = parseArgs({
  options: { history: { type: "string" } },
  allowPositionals: true,
});
if (positionals.length !== 1) {
  process.stderr.write("usage: node main.js CONNECTION_FILE [--history FILE]\n");
  process.exit(2);
}

const connection = readConnection(positionals[0]);
const wire = new Wire(connection.key);
const sockets = new Sockets();
const listener: Listener = {
  news: (news) => handler.news(news),
  printed: (name, text) => handler.printed(name, text),
  lost: (loss) => handler.lost(loss),
};
const supervisor = new Supervisor(listener);
const handler = new Handler(
  {
    publish: (type, content, parent, extra) => {
      const identities = [Buffer.from(`kernel.${wire.session}.${type}`)]; // the topic, for subscribers
      sockets.send("iopub", wire.encode({ type, content, parent, identities, ...extra }));
    },
    reply: (channel, type, content, { header, identities }) =>
      sockets.send(channel, wire.encode({ type, content, parent: header, identities })),
  },
  supervisor,
  new History(values.history),
  typescriptVersion(),
);

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  supervisor.end();
  await sockets.close();
  process.exit(0);
}
handler.onShutdown = () => void end();
process.on("SIGINT", () => handler.interrupt()); // for clients that know no interrupt message
process.on("SIGTERM", () => void end());
process.on("SIGHUP", () => void end());

// Jupyter names itself here when a kernel is not to outlive it; an orphan has another parent.
const startedBy = process.ppid;
if (process.env.JPY_PARENT_PID) {
  setInterval(() => process.ppid !== startedBy && void end(), 1000).unref();
}

await sockets.bind(connection);
sockets.send(
  "iopub",
  wire.encode({
    type: "status",
    content: { execution_state: "starting" },
    identities: [Buffer.from(`kernel.${wire.session}.status`)],
  }),
);
sockets.listen(
  (channel, frames) => {
    try {
      void handler.receive(channel, wire.decode(frames));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      process.stderr.write(`${channel}: a message was refused: ${error.message}\n`);
    }
  },
  (topic) => {
    const content = { subscription: topic.toString() };
    sockets.send("iopub", wire.encode({ type: "iopub_welcome", content, identities: [topic] }));
  },
);
