import { z } from "zod";
import type { Message } from "../../services/contracts/event.ts";

const Fact = z.object({
	id: z.uuid(),
	name: z.string().min(1),
	version: z.int(),
	aggregateType: z.string(),
	aggregateId: z.string(),
	sequence: z.int(),
	correlationId: z.string().nullable(),
	causationId: z.string().nullable(),
	data: z.unknown(),
});

const RAW_LIMIT = 64 * 1024;

/** @returns undefined for what no outbox has written */
export function decode(content: Buffer): Message | undefined {
	try {
		return Fact.parse(JSON.parse(content.toString()));
	} catch {
		return undefined;
	}
}

/**
 * What stands for a message that cannot be decoded among the dead letters.
 *
 * @param givenId what the message names as its id
 */
export function malformed(content: Buffer, givenId: unknown, newId: () => string): Message {
	const given = z.uuid().safeParse(givenId);
	return {
		id: given.success ? given.data : newId(),
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
