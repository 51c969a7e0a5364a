import { expect, it } from "@jest/globals";
import { deadLetterId, deadLetterKey } from "./dead-letter-id.ts";

const key = { service: "orders", consumer: "orders.recordRefund", messageId: "01980000-0000-7000-8000-0000000000a1" };

it("names a dead letter by service, consumer and message, in letters that a path takes as they are", () => {
	const id = deadLetterId(key);

	expect(deadLetterKey(id)).toEqual(key);
	expect(encodeURIComponent(id)).toBe(id);
	expect(deadLetterId({ ...key, consumer: "orders.other" })).not.toBe(id);
});

it.each([
	["nothing", ""],
	["nonsense", "!!!"],
	["a message alone", Buffer.from(key.messageId).toString("base64url")],
	["a service that is none", deadLetterId({ ...key, service: "$node" })],
	["a message that is none", deadLetterId({ ...key, messageId: "1" })],
	["more than that", deadLetterId({ ...key, messageId: `${key.messageId} and` })],
])("knows that %s is no such name", (_what, id) => {
	expect(deadLetterKey(id)).toBeUndefined();
});
