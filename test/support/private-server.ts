/** Servers of a test's own, which it may kill: mixins and services may not reach into bin for them. */
export type { RunningServer } from "../../bin/servers/server.ts";
export { startServer, stopServer } from "../../bin/servers/start.ts";
