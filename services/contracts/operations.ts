import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError } from "./errors.ts";
import { Id, NoResult, text, Timestamp } from "./text.ts";

export const DeadLetterNotFound = defineError(
	"DEAD_LETTER_NOT_FOUND",
	404,
	"There is no such dead letter: it was replayed or discarded meanwhile, or the id is wrong. List them again.",
);
export const SagaNotFound = defineError(
	"SAGA_NOT_FOUND",
	404,
	"There is no such open saga: it has ended meanwhile, or the id is wrong. List them again.",
);

/** Called from other nodes by the gateway for administrators; operators may call everything. */
export const FROM_OPERATORS = ["gateway"];

export const ServiceName = text(50);
const slice = {
	cursor: text(2_000).optional(),
	limit: z.coerce.number().int().positive().max(100).optional(),
};

/** Services that should have been asked and did not answer: what they hold is missing from the list. */
export const unreachable = z.array(ServiceName);

/** Where a dead letter stands in the list, newest first; no two stand at the same place. */
export const DeadLetterPlace = z.strictObject({ since: Timestamp, consumer: text(200), messageId: Id });
export type DeadLetterPlace = z.output<typeof DeadLetterPlace>;

const deadLetter = z.object({
	service: ServiceName,
	consumer: z.string(),
	event: z.string(),
	messageId: Id,
	aggregate: z.object({ type: z.string(), id: z.string() }),
	error: z.string(),
	attempts: z.int(),
	/** The moment it was given up. */
	since: Timestamp,
	body: z.unknown(),
});

/** A fact that a consumer could not handle, however often it tried. */
export const DeadLetter = z.object({ id: z.string(), ...deadLetter.shape });
export type DeadLetter = z.output<typeof DeadLetter>;

/** Answered by every service with an inbox, under its own name. */
export const deadLettersOf = (service: string) =>
	defineAction(`${service}.deadLetters`, {
		summary: "The service's dead letters after a place, newest first.",
		callers: FROM_OPERATORS,
		params: z.strictObject({ after: DeadLetterPlace.nullable(), limit: z.int().positive().max(101) }),
		result: z.object({ rows: z.array(deadLetter) }),
	});

const OneDeadLetter = z.strictObject({ consumer: text(200), messageId: Id });

export const replayDeadLetterOf = (service: string) =>
	defineAction(`${service}.replayDeadLetter`, {
		summary: "Has a dead letter handled again, with all its tries.",
		callers: FROM_OPERATORS,
		params: OneDeadLetter,
		result: NoResult,
		errors: [DeadLetterNotFound],
	});

export const discardDeadLetterOf = (service: string) =>
	defineAction(`${service}.discardDeadLetter`, {
		summary: "Gives a dead letter up for good; a copy of it that comes late is dropped.",
		callers: FROM_OPERATORS,
		params: OneDeadLetter,
		result: NoResult,
		errors: [DeadLetterNotFound],
	});

export const ListDeadLetters = defineAction("gateway.deadLetters", {
	summary: "The dead letters of all services, newest first.",
	callers: FROM_OPERATORS,
	params: z.strictObject({ service: ServiceName.optional(), ...slice }),
	result: z.object({ rows: z.array(DeadLetter), nextCursor: z.string().nullable(), unreachable }),
});

const ByDeadLetterId = z.strictObject({ id: text(500) });

export const ReplayDeadLetter = defineAction("gateway.replayDeadLetter", {
	summary: "Has a dead letter handled again, with all its tries.",
	callers: FROM_OPERATORS,
	params: ByDeadLetterId,
	result: z.object({ id: z.string(), status: z.literal("pending") }),
	errors: [DeadLetterNotFound],
});

export const DiscardDeadLetter = defineAction("gateway.discardDeadLetter", {
	summary: "Gives a dead letter up for good; a copy of it that comes late is dropped.",
	callers: FROM_OPERATORS,
	params: ByDeadLetterId,
	result: NoResult,
	errors: [DeadLetterNotFound],
});

export const SAGA_STATES = ["running", "committed", "compensating", "done"] as const;
export const SAGA_EVENTS = ["started", "takenOver", "turnedBack", "putOff", "retried", "finished"] as const;

const sagaFilter = {
	state: z.enum(SAGA_STATES).optional(),
	/** `true` shows those in trouble for too long, or that nobody runs. */
	needsAttention: z.enum(["true", "false"]).optional(),
};

/** A saga as an operator sees it. */
export const Saga = z.object({
	id: Id,
	service: ServiceName,
	type: z.string(),
	/** What it works on, e.g. an order. */
	subjectId: Id,
	state: z.enum(SAGA_STATES),
	needsAttention: z.boolean(),
	/** Faults in a row; zero when it only waits. */
	attempts: z.int(),
	lastError: z.string().nullable(),
	steps: z.array(z.string()),
	/** Where it was when it was last put off. */
	step: z.string().nullable(),
	/** The node that has it, until its lease ends; each new owner raises the fence. */
	owner: z.string(),
	fence: z.int(),
	leaseUntil: Timestamp,
	nextRunAt: Timestamp,
	deadlineAt: Timestamp.nullable(),
	createdAt: Timestamp,
	finishedAt: Timestamp.nullable(),
	timeline: z.array(
		z.object({
			at: Timestamp,
			event: z.enum(SAGA_EVENTS),
			step: z.string().nullable(),
			attempts: z.int(),
			fence: z.int(),
			/** The node, or who retried it. */
			by: z.string(),
			error: z.string().nullable(),
		}),
	),
});
export type Saga = z.output<typeof Saga>;

/** Answered by every service that runs sagas, under its own name. */
export const sagasOf = (service: string) =>
	defineAction(`${service}.sagas`, {
		summary: "The service's sagas with ids below `afterId`, newest first; the open ones unless a state is named.",
		callers: FROM_OPERATORS,
		params: z.strictObject({ ...sagaFilter, afterId: Id.nullable(), limit: z.int().positive().max(101) }),
		result: z.object({ rows: z.array(Saga) }),
	});

export const retrySagaOf = (service: string) =>
	defineAction(`${service}.retrySaga`, {
		summary: "Makes an open saga due now; null when this service has none of this id.",
		callers: FROM_OPERATORS,
		params: z.strictObject({ id: Id }),
		result: Saga.nullable(),
	});

export const ListSagas = defineAction("gateway.sagas", {
	summary: "The sagas of all services, newest first; the open ones unless a state is named.",
	callers: FROM_OPERATORS,
	params: z.strictObject({ service: ServiceName.optional(), ...sagaFilter, ...slice }),
	result: z.object({ rows: z.array(Saga), nextCursor: z.string().nullable(), unreachable }),
});

export const RetrySaga = defineAction("gateway.retrySaga", {
	summary: "Makes an open saga due now; whoever runs it at this moment is not disturbed.",
	callers: FROM_OPERATORS,
	params: z.strictObject({ id: Id }),
	result: Saga,
	errors: [SagaNotFound],
});

export const OPERATION_ACTIONS = [ListDeadLetters, ReplayDeadLetter, DiscardDeadLetter, ListSagas, RetrySaga];
