import type { ActionSchema } from "moleculer";
import type { Meta } from "../services/contracts/meta.ts";
import {
	DeadLetterNotFound,
	deadLettersOf,
	discardDeadLetterOf,
	replayDeadLetterOf,
} from "../services/contracts/operations.ts";
import { actorOf } from "./actor.ts";
import { internal, query } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import * as table from "./events/dead-letters.ts";
import type { DeadLetterKey } from "./events/dead-letters.ts";
import type { Worker } from "./events/worker.ts";
import type { SqlMethods } from "./sql.mixin.ts";

type Inbox = StoaService & SqlMethods & { inboxWorker: Worker };

/** Logged as a warning: what was done by hand must be found later, at the level that production logs. */
function settled(service: Inbox, isDone: boolean, what: string, { consumer, messageId }: DeadLetterKey, meta: Meta) {
	if (!isDone) throw new DeadLetterNotFound();
	service.logger.warn(`Dead letter ${messageId} of ${consumer} was ${what} by ${actorOf(meta)}.`);
	return null;
}

/** The actions that every service with an inbox has; Moleculer puts the service's name before theirs. */
export const DEAD_LETTER_ACTIONS: Record<string, ActionSchema> = {
	deadLetters: query(deadLettersOf("inbox"), async function (this: Inbox, { params }) {
		const rows = await table.deadLetters(this.db, params.after, params.limit);
		return { rows: rows.map((row) => ({ service: this.name, ...row })) };
	}),

	replayDeadLetter: internal(replayDeadLetterOf("inbox"), async function (this: Inbox, { params, meta }) {
		const isReplayed = await table.replay(this.db, params);
		this.inboxWorker.wake();
		return settled(this, isReplayed, "sent again", params, meta);
	}),

	discardDeadLetter: internal(discardDeadLetterOf("inbox"), async function (this: Inbox, { params, meta }) {
		return settled(this, await table.discard(this.db, params), "discarded", params, meta);
	}),
};
