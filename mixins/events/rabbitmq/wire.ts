import type { Message as AmqpMessage, Options } from "amqplib";
import { z } from "zod";
import type { Message } from "../../../services/contracts/event.ts";

/** A message on its way to the broker. */
export interface Letter {
	readonly exchange: string;
	readonly routingKey: string;
	readonly content: Buffer;
	readonly properties: Options.Publish;
}

/** What is read of a message from the broker. */
export type Raw = Pick<AmqpMessage, "content" | "properties">;

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

/** The fact as the body; the headers repeat what tools sort and filter by. */
export function encode(message: Message): Pick<Letter, "content" | "properties"> {
	const { id, name, version, aggregateType, aggregateId, sequence, correlationId, causationId } = message;
	const headers = {
		"stoa-name": name,
		"stoa-version": version,
		"stoa-aggregate-type": aggregateType,
		"stoa-aggregate-id": aggregateId,
		"stoa-sequence": sequence,
		...(correlationId !== null && { "stoa-correlation-id": correlationId }),
		...(causationId !== null && { "stoa-causation-id": causationId }),
	};
	const properties = { persistent: true, mandatory: true, contentType: "application/json", messageId: id, headers };
	return { content: Buffer.from(JSON.stringify(message)), properties };
}

/** @returns undefined for what no outbox has written */
export function decode({ content }: Raw): Message | undefined {
	try {
		return Fact.parse(JSON.parse(content.toString()));
	} catch {
		return undefined;
	}
}

/** What stands for a message that cannot be decoded among the dead letters. */
export function malformed({ content, properties }: Raw, newId: () => string): Message {
	const given = z.uuid().safeParse(properties.messageId);
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
