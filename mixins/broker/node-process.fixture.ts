import { setTimeout as wait } from "node:timers/promises";
import { startNode, worker } from "./cluster.fixture.ts";

/** A node in a process of its own, to be killed: `ask` answers, `work` takes a minute. */
const [redisUrl = "", namespace = "", nodeID = ""] = process.argv.slice(2);
const behave = (name: string) => (name === "work" ? wait(60_000) : undefined);
await startNode({ redisUrl, namespace, nodeID, services: [worker(nodeID, behave)] });
process.stdout.write("started\n");
