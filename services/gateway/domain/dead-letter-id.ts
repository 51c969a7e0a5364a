/** What a dead letter is called outside: a message alone may have died at several consumers. */
export interface DeadLetterKey {
	readonly service: string;
	readonly consumer: string;
	readonly messageId: string;
}

/** Opaque to clients. */
export const deadLetterId = ({ service, consumer, messageId }: DeadLetterKey): string =>
	Buffer.from([service, consumer, messageId].join(" ")).toString("base64url");

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NAME = /^[\w.-]{1,100}$/;

/** @returns undefined when it cannot be the id of a dead letter */
export function deadLetterKey(id: string): DeadLetterKey | undefined {
	const [service = "", consumer = "", messageId = "", ...rest] = Buffer.from(id, "base64url").toString().split(" ");
	const isId = NAME.test(service) && NAME.test(consumer) && UUID.test(messageId) && rest.length === 0;
	return isId ? { service, consumer, messageId } : undefined;
}
