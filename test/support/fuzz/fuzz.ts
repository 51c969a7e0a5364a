import fc from "fast-check";
import type { Answer } from "../../../bin/tour/shop-client.ts";
import { sendAsIs } from "../wire.ts";
import type { WireRequest } from "../wire.ts";
import { curlOf } from "./curl.ts";
import type { Operation } from "./operation.ts";
import { requestsFor } from "./request.ts";
import type { Cast } from "./request.ts";
import { faultsOf } from "./verdict.ts";

const SHOWN_CHARACTERS = 500;

export interface Fuzz {
	readonly gateway: string;
	readonly operation: Operation;
	readonly cast: Cast;
	readonly seed: number;
	readonly runs: number;
	/** Called with the status of every answer. */
	readonly count: (status: number) => void;
}

/**
 * Sends requests to one operation until an answer is wrong, and then looks for the simplest request that gets a wrong one.
 *
 * @returns what was wrong with it and the command that sends it again; undefined when no answer was wrong
 */
export async function fuzz({ gateway, operation, cast, seed, runs, count }: Fuzz): Promise<string | undefined> {
	const isAnswered = async (request: WireRequest) => {
		const answer = await sendAsIs(gateway, request).catch(silenceOf);
		count(answer.status);
		const faults = faultsOf(answer, operation);
		if (faults.length > 0) throw new Error(report(gateway, request, answer, faults));
	};
	const property = fc.asyncProperty(requestsFor(operation, cast), isAnswered);
	const { errorInstance } = await fc.check(property, { seed, numRuns: runs });
	return errorInstance instanceof Error ? errorInstance.message : undefined;
}

/** A connection that broke is the worst of answers. */
function silenceOf(error: unknown): Answer {
	return { status: 0, headers: new Headers(), text: String(error), body: {} };
}

const report = (gateway: string, request: WireRequest, { status, text }: Answer, faults: readonly string[]): string =>
	[
		`${request.method} ${request.path.slice(0, SHOWN_CHARACTERS)}: the answer ${faults.join(", ")}.`,
		`  ${status} ${text.slice(0, SHOWN_CHARACTERS)}`,
		`  ${curlOf(gateway, request)}`,
	].join("\n");
