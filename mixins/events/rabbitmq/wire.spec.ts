import { describe, expect, it } from "@jest/globals";
import { bellMessage } from "../ringing.fixture.ts";
import { encode } from "./wire.ts";

const message = { ...bellMessage("bell.rang"), causationId: "a cause" };
describe("a message in RabbitMQ", () => {
	it("is persistent, must reach a queue, and has the id of its fact", () => {
		const { properties } = encode(message);

		expect(properties).toMatchObject({ persistent: true, mandatory: true, messageId: message.id });
	});

	it("has the body of the fact and nothing around it", () => {
		expect(JSON.parse(encode(message).content.toString())).toEqual(message.data);
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
});
