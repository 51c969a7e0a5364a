/**
 * A process that uses the server on the home folder named in its arguments, for the tests to interrupt and kill.
 * Prints what it got as one line of JSON. On SIGINT it drains as the application does: a last query, then stop.
 */
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";

const [, , home = ""] = process.argv;
const server = await startEmbeddedPostgres({ home });
const staysUp = setInterval(() => undefined, 1_000);
process.once("SIGINT", () => void drain(server));
console.log(JSON.stringify({ ...server, stop: undefined }));

async function drain({ url, stop }: EmbeddedPostgres): Promise<void> {
	const { default: pg } = await import("pg");
	const client = new pg.Client(url);
	await client.connect();
	await client.query("SELECT 1");
	await client.end();
	await stop();
	clearInterval(staysUp);
	console.log("drained");
}
