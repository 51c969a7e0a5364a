import { describe, expect, it } from "@jest/globals";
import { decode, malformed } from "./fact.ts";
import { bellMessage } from "./ringing.fixture.ts";

const message = { ...bellMessage("bell.rang"), causationId: "a cause" };
const newId = () => "made up";

describe("a fact as text", () => {
	it("is read as it was written", () => {
		expect(decode(Buffer.from(JSON.stringify(message)))).toEqual(message);
	});

	it.each([
		["no JSON", "so it goes"],
		["no object", "7"],
		["without an id", JSON.stringify({ ...message, id: undefined })],
		["with an id that is no UUID", JSON.stringify({ ...message, id: "7" })],
		["with a name that is no text", JSON.stringify({ ...message, name: 7 })],
		["empty", ""],
	])("is none when its body is %s", (_what, text) => {
		expect(decode(Buffer.from(text))).toBeUndefined();
	});
});

describe("what stands for a message that is none", () => {
	it("keeps the id it came with, when that is a UUID", () => {
		expect(malformed(Buffer.from(""), message.id, newId).id).toBe(message.id);
		expect(malformed(Buffer.from(""), "7", newId).id).toBe("made up");
		expect(malformed(Buffer.from(""), undefined, newId).id).toBe("made up");
	});

	it("holds the text, bounded and storable", () => {
		expect(malformed(Buffer.from("a\0b"), undefined, newId)).toMatchObject({ name: "malformed", data: "a\uFFFDb" });
		expect(String(malformed(Buffer.from("x".repeat(100_000)), undefined, newId).data)).toHaveLength(65_536);
	});
});
