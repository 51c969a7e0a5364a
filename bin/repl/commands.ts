import type { ServiceBroker } from "moleculer";
import { call } from "../../services/contracts/action.ts";
import { Integrity } from "../../services/contracts/integrity.ts";
import {
	DiscardDeadLetter,
	ListDeadLetters,
	ListSagas,
	ReplayDeadLetter,
	RetrySaga,
} from "../../services/contracts/operations.ts";
import { deadLetterLines, integrityLines, sagaLines } from "./lines.ts";

/** What was typed after a command. */
export interface Typed {
	readonly verb?: string;
	readonly id?: string;
}

/** A command of the Moleculer REPL, as it wants them. */
export interface ReplCommand {
	readonly command: string;
	readonly description: string;
	readonly action: (broker: ServiceBroker, typed: Typed) => Promise<void>;
}

/** What one command does with the words behind it, and what it says. */
type Work = (broker: ServiceBroker, typed: Typed) => Promise<readonly string[]>;

const LIMIT = 50;

/** The REPL would show the stack of a refusal; what an operator needs is its sentence. */
const spoken =
	(work: Work): ReplCommand["action"] =>
	async (broker, typed) => {
		const lines = await work(broker, typed).catch((error: unknown) => [(error as Error).message]);
		console.log(lines.join("\n"));
	};

const deadLetters: Work = async (broker, { verb, id }) => {
	if (verb === undefined) return deadLetterLines(await call(broker, ListDeadLetters, { limit: LIMIT }));
	if (id === undefined || (verb !== "replay" && verb !== "discard")) {
		return ["Say dead-letters, dead-letters replay <id> or dead-letters discard <id>."];
	}
	if (verb === "discard") await call(broker, DiscardDeadLetter, { id });
	else await call(broker, ReplayDeadLetter, { id });
	return [verb === "discard" ? "Discarded." : "Pending again."];
};

const sagas: Work = async (broker, { verb, id }) => {
	if (verb === undefined) return sagaLines(await call(broker, ListSagas, { limit: LIMIT }));
	if (verb !== "retry" || id === undefined) return ["Say sagas or sagas retry <id>."];
	const { type, subjectId } = await call(broker, RetrySaga, { id });
	return [`The ${type} of ${subjectId} is due now.`];
};

const integrity: Work = async (broker) => integrityLines(await call(broker, Integrity, {}));

/** What operators do by hand; the gateway gathers it from all services. */
export const OPERATOR_COMMANDS: readonly ReplCommand[] = [
	{
		command: "dead-letters [verb] [id]",
		description: "List dead letters, or: replay <id>, discard <id>",
		action: spoken(deadLetters),
	},
	{ command: "sagas [verb] [id]", description: "List open sagas, or: retry <id>", action: spoken(sagas) },
	{
		command: "integrity",
		description: "Recompute what is stored and show what does not add up",
		action: spoken(integrity),
	},
];
