import { describe, expect, it } from "@jest/globals";
import { bellMessage } from "../ringing.fixture.ts";
import { decode, encode, malformed } from "./wire.ts";

const message = { ...bellMessage("bell.rang"), causationId: "a cause" };
const raw = (text: string, properties: object = {}) => ({
	content: Buffer.from(text),
	properties: properties as never,
});
const newId = () => "made up";

describe("a message in RabbitMQ", () => {
	it("is persistent, must reach a queue, and has the id of its fact", () => {
		const { properties } = encode(message);

		expect(properties).toMatchObject({ persistent: true, mandatory: true, messageId: message.id });
	});

	it("tells in its headers what it is about, and nothing it does not know", () => {
		expect(encode(message).properties.headers).toEqual({
			"stoa-name": "bell.rang",
			"stoa-version": 1,
			"stoa-aggregate-type": "bell",
			"stoa-aggregate-id": message.aggregateId,
			"stoa-sequence": 1,
			"stoa-causation-id": "a cause",
		});
	});

	it("is read as it was written", () => {
		const { content, properties } = encode(message);

		expect(decode({ content, properties: properties as never })).toEqual(message);
	});

	it.each([
		["no JSON", "so it goes"],
		["no object", "7"],
		["without an id", JSON.stringify({ ...message, id: undefined })],
		["with an id that is no UUID", JSON.stringify({ ...message, id: "7" })],
		["with a name that is no text", JSON.stringify({ ...message, name: 7 })],
		["empty", ""],
	])("is none when its body is %s", (_what, text) => {
		expect(decode(raw(text))).toBeUndefined();
	});
});

describe("what stands for a message that is none", () => {
	it("keeps the id it came with, when that is a UUID", () => {
		expect(malformed(raw("", { messageId: message.id }), newId).id).toBe(message.id);
		expect(malformed(raw("", { messageId: "7" }), newId).id).toBe("made up");
		expect(malformed(raw(""), newId).id).toBe("made up");
	});

	it("holds the text, bounded and storable", () => {
		expect(malformed(raw("a\0b"), newId)).toMatchObject({ name: "malformed", data: "a\uFFFDb" });
		expect(String(malformed(raw("x".repeat(100_000)), newId).data)).toHaveLength(65_536);
	});
});
