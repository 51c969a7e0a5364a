import type { Context } from "moleculer";
import type { Ctx } from "../../../mixins/define-service.ts";
import { call } from "../../contracts/action.ts";
import type { ActionContract } from "../../contracts/action.ts";
import {
	DeadLetterNotFound,
	DeadLetterPlace,
	deadLettersOf,
	discardDeadLetterOf,
	replayDeadLetterOf,
} from "../../contracts/operations.ts";
import type { DeadLetter, DiscardDeadLetter, ListDeadLetters, ReplayDeadLetter } from "../../contracts/operations.ts";
import { ServiceUnavailable } from "../../contracts/platform.ts";
import { deadLetterId, deadLetterKey } from "../domain/dead-letter-id.ts";
import type { Gateway } from "../gateway.context.ts";
import { askAll, holdersOf } from "./ask-all.ts";
import { cut, readCursor, writeCursor } from "./cursor.ts";

const DEFAULT_LIMIT = 20;

export async function listDeadLetters(this: Gateway, ctx: Ctx<typeof ListDeadLetters>) {
	const { service, cursor, limit = DEFAULT_LIMIT } = ctx.params;
	const filter = service === undefined ? {} : { service };
	const after = cursor === undefined ? null : readCursor(cursor, DeadLetterPlace, filter);
	const { results, unreachable } = await askAll(this, ctx, deadLettersOf, { after, limit: limit + 1 }, { service });

	const merged = results.flatMap(({ result }) => result.rows).sort(newestFirst);
	const { rows, last } = cut(merged, limit);
	const nextCursor = last === undefined ? null : writeCursor(placeOf(last), filter);
	return { rows: rows.map((row) => ({ id: deadLetterId(row), ...row })), nextCursor, unreachable };
}

type Row = Omit<DeadLetter, "id">;

const placeOf = ({ since, consumer, messageId }: Row): DeadLetterPlace => ({ since, consumer, messageId });

/** The order in which each service lists its own, so that what is merged has one place for each. */
function newestFirst(one: Row, other: Row): number {
	const [first, second] = [one, other].map(({ since, consumer, messageId }) => [since, consumer, messageId].join(" "));
	return (first ?? "") < (second ?? "") ? 1 : -1;
}

export async function replayDeadLetter(this: Gateway, ctx: Ctx<typeof ReplayDeadLetter>) {
	const { id } = ctx.params;
	await tell(this, ctx, id, replayDeadLetterOf);
	return { id, status: "pending" as const };
}

export function discardDeadLetter(this: Gateway, ctx: Ctx<typeof DiscardDeadLetter>): Promise<null> {
	return tell(this, ctx, ctx.params.id, discardDeadLetterOf);
}

type Command = typeof replayDeadLetterOf | typeof discardDeadLetterOf;

/** @throws DeadLetterNotFound, ServiceUnavailable when its service has left */
async function tell(gateway: Gateway, ctx: Context, id: string, commandOf: Command): Promise<null> {
	const key = deadLetterKey(id);
	if (key === undefined) throw new DeadLetterNotFound();
	const command: ActionContract = commandOf(key.service);
	const { present, missing } = holdersOf(gateway, command.name.slice(key.service.length + 1));
	if (missing.includes(key.service)) throw new ServiceUnavailable({ retryAfterSeconds: 1 });
	if (!present.includes(key.service)) throw new DeadLetterNotFound();

	await call(ctx, command, { consumer: key.consumer, messageId: key.messageId });
	return null;
}
