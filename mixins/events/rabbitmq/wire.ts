import type { Message as AmqpMessage, Options } from "amqplib";
import type { Message } from "../../../services/contracts/event.ts";
import { headersOf } from "../fact.ts";
import type { Carried } from "../fact.ts";

/** A message on its way to the broker. */
export interface Letter {
	readonly exchange: string;
	readonly routingKey: string;
	readonly content: Buffer;
	readonly properties: Options.Publish;
}

/** What is read of a message from the broker. */
export type Raw = Pick<AmqpMessage, "content" | "properties">;

/** The body is the fact's own; its envelope travels in the headers. */
export function encode(message: Message): Pick<Letter, "content" | "properties"> {
	const beside = { contentType: "application/json", messageId: message.id, headers: headersOf(message) };
	return {
		content: Buffer.from(JSON.stringify(message.data)),
		properties: { persistent: true, mandatory: true, ...beside },
	};
}

export function carriedIn({ content, properties }: Raw): Carried {
	return { content, id: properties.messageId, header: (name) => properties.headers?.[name] };
}
