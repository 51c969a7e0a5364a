import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { LOOPBACK } from "../bin/postgres/port.ts";
import { echoBroker, echoGateway, echoProducts } from "./echo/echo.ts";
import type { Answers } from "./echo/echo.ts";

const { ECHO_REDIS_URL = "", ECHO_PORT = "", ECHO_ANSWERS = "" } = process.env;
const [name = ""] = process.argv.slice(2);
const isGateway = name === "gateway";
const answers = (): Answers => JSON.parse(readFileSync(ECHO_ANSWERS, "utf8")) as Answers;

const broker = echoBroker(name, ECHO_REDIS_URL);
broker.createService(isGateway ? echoGateway(Number(ECHO_PORT)) : echoProducts(answers()));
await broker.start();
// Tells whoever waits for it that it serves.
if (!isGateway) createServer((_request, response) => response.end()).listen(Number(ECHO_PORT), LOOPBACK);
