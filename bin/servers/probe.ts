import { once } from "node:events";
import { connect } from "node:net";
import { LOOPBACK } from "../postgres/port.ts";

const ANSWER_WITHIN_MS = 2_000;

/** The first line that a server on the port answers to what is said; undefined when it does not answer. */
export async function askLine(port: number | undefined, said: string): Promise<string | undefined> {
	const socket = connect(port ?? 0, LOOPBACK);
	const tooLate = AbortSignal.timeout(ANSWER_WITHIN_MS);
	try {
		await once(socket, "connect", { signal: tooLate });
		socket.write(said, "latin1");
		const [answer] = (await once(socket, "data", { signal: tooLate })) as [Buffer];
		return answer.toString("latin1").split("\r\n")[0];
	} catch {
		return undefined;
	} finally {
		socket.destroy();
	}
}

/** Whether the address answers with success. */
export async function isHealthy(url: string): Promise<boolean> {
	try {
		return (await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })).ok;
	} catch {
		return false;
	}
}
