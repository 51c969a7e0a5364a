import { describe, expect, it } from "@jest/globals";
import type { Message } from "../../services/contracts/event.ts";
import { decode, fromOutside, headersOf, malformed } from "./fact.ts";
import type { Carried } from "./fact.ts";
import { bellMessage } from "./ringing.fixture.ts";

const message = { ...bellMessage("bell.rang"), causationId: "a cause" };
const newId = () => "made up";

function carried(fact: Message, changes: Record<string, unknown> = {}, text = JSON.stringify(fact.data)): Carried {
	const headers: Record<string, unknown> = { ...headersOf(fact), ...changes };
	return { content: Buffer.from(text), id: "id" in changes ? changes["id"] : fact.id, header: (name) => headers[name] };
}
const bare = (text: string, id?: unknown): Carried => ({ content: Buffer.from(text), id, header: () => undefined });

describe("a fact on its way", () => {
	it("has its own body, so that a stranger can read it, and the rest beside it", () => {
		expect(decode(carried(message))).toEqual(message);
		expect(JSON.parse(carried(message).content.toString())).toEqual(message.data);
	});

	it("is read where headers are text", () => {
		expect(decode(carried(message, { "stoa-version": "1", "stoa-sequence": "1" }))).toEqual(message);
	});

	it.each<[string, Carried]>([
		["whose body is no JSON", carried(message, {}, "so it goes")],
		["whose body is no object", carried(message, {}, "7")],
		["whose body is empty", carried(message, {}, "")],
		["without an id", carried(message, { id: undefined })],
		["with an id that is no UUID", carried(message, { id: "7" })],
		["without a name", carried(message, { "stoa-name": undefined })],
		["with a version that is no number", carried(message, { "stoa-version": "first" })],
	])("is none %s", (_what, given) => {
		expect(decode(given)).toBeUndefined();
	});
});

describe("a message from outside", () => {
	it("is its body, under the name of the queue it was put into", () => {
		expect(fromOutside(bare('{"name":"Ada"}', message.id), "guest.came", newId)).toMatchObject({
			id: message.id,
			name: "guest.came",
			data: { name: "Ada" },
		});
	});

	it("has the same id each time when the outsider gave it one of his, and one of ours otherwise", () => {
		const [first, again, other] = ["a-1", "a-1", "a-2"].map(
			(id) => fromOutside(bare("{}", id), "guest.came", newId)?.id,
		);

		expect(first).toBe(again);
		expect(first).not.toBe(other);
		expect(fromOutside(bare("{}"), "guest.came", newId)?.id).toBe("made up");
	});

	it("is none when its body is no JSON object", () => {
		expect(fromOutside(bare("[1]"), "guest.came", newId)).toBeUndefined();
		expect(fromOutside(bare("hello"), "guest.came", newId)).toBeUndefined();
	});
});

describe("what stands for a message that is none", () => {
	it("keeps the id it came with", () => {
		expect(malformed(bare("", message.id), newId).id).toBe(message.id);
		expect(malformed(bare("", "7"), newId).id).toBe(malformed(bare("", "7"), newId).id);
		expect(malformed(bare(""), newId).id).toBe("made up");
	});

	it("holds the text, bounded and storable", () => {
		expect(malformed(bare("a\0b"), newId)).toMatchObject({ name: "malformed", data: "a\uFFFDb" });
		expect(String(malformed(bare("x".repeat(100_000)), newId).data)).toHaveLength(65_536);
	});
});
