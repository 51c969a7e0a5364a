import type { Message as AmqpMessage, Options } from "amqplib";
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
