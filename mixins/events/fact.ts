import { v5 } from "uuid";
import { z } from "zod";
import type { Message } from "../../services/contracts/event.ts";

/** A message as a broker brings it. */
export interface Carried {
	readonly content: Buffer;
	/** What the message names as its id. */
	readonly id: unknown;
	readonly header: (name: string) => unknown;
}

/** PostgreSQL gives ids back in small letters, and it is by them that a message is known. */
const Uuid = z.uuid().toLowerCase();

const Envelope = z.object({
	id: Uuid,
	name: z.string().min(1),
	version: z.coerce.number().int().positive(),
	aggregateType: z.string(),
	aggregateId: z.string(),
	sequence: z.coerce.number().int().nonnegative(),
	correlationId: z.string().nullable(),
	causationId: z.string().nullable(),
});

const RAW_LIMIT = 64 * 1024;
/** Namespace of the ids made from an outsider's own ids (RFC 9562, version 5). */
const OUTSIDE = "4f1f2f6c-6a0e-5a0b-9a63-0f0c8f7f5d11";

/** The body of a message is not what its event promises: trying again cannot help. */
export class MalformedMessage extends Error {}

/** What travels beside the body: the body is the fact's own, so that anybody can read it. */
export function headersOf(message: Message): Record<string, string | number> {
	const { name, version, aggregateType, aggregateId, sequence, correlationId, causationId } = message;
	return {
		"stoa-name": name,
		"stoa-version": version,
		"stoa-aggregate-type": aggregateType,
		"stoa-aggregate-id": aggregateId,
		"stoa-sequence": sequence,
		...(correlationId !== null && { "stoa-correlation-id": correlationId }),
		...(causationId !== null && { "stoa-causation-id": causationId }),
	};
}

/** @returns undefined for what no outbox has written */
export function decode({ content, id, header }: Carried): Message | undefined {
	const envelope = Envelope.safeParse({
		id,
		name: header("stoa-name"),
		version: header("stoa-version"),
		aggregateType: header("stoa-aggregate-type"),
		aggregateId: header("stoa-aggregate-id"),
		sequence: header("stoa-sequence"),
		correlationId: header("stoa-correlation-id") ?? null,
		causationId: header("stoa-causation-id") ?? null,
	});
	const data = bodyOf(content);
	return envelope.success && data !== undefined ? { ...envelope.data, data } : undefined;
}

/**
 * What an outsider wrote into a queue that is open to him: a body without an envelope. With an id of his it is
 * handled once, however often it comes; without one, each copy is a message of its own.
 *
 * @param name of the event that such a message is
 * @returns undefined when the body is no JSON object
 */
export function fromOutside({ content, id }: Carried, name: string, newId: () => string): Message | undefined {
	const data = bodyOf(content);
	if (data === undefined) return undefined;
	const ownId = idOf(id) ?? newId();
	const about = { aggregateType: "outside", aggregateId: ownId, sequence: 0, correlationId: null, causationId: null };
	return { id: ownId, name, version: 1, ...about, data };
}

/** What stands for a message that cannot be decoded among the dead letters. */
export function malformed({ content, id }: Carried, newId: () => string): Message {
	return {
		id: idOf(id) ?? newId(),
		name: "malformed",
		version: 1,
		aggregateType: "malformed",
		aggregateId: "",
		sequence: 0,
		correlationId: null,
		causationId: null,
		// PostgreSQL keeps no NUL in text or JSON.
		data: content.subarray(0, RAW_LIMIT).toString().replaceAll("\0", "\uFFFD"),
	};
}

function idOf(given: unknown): string | undefined {
	if (typeof given !== "string" || given === "") return undefined;
	return Uuid.safeParse(given).data ?? v5(given, OUTSIDE);
}

function bodyOf(content: Buffer): Record<string, unknown> | undefined {
	try {
		return z.record(z.string(), z.unknown()).parse(JSON.parse(content.toString()));
	} catch {
		return undefined;
	}
}
