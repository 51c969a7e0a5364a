import { describe, expect, it } from "@jest/globals";
import { ServiceBusy } from "../../../services/contracts/errors.ts";
import { MalformedMessage } from "../fact.ts";
import { bellMessage } from "../ringing.fixture.ts";
import { afterFailure, afterRedelivery, historyOf, toDeadLetters } from "./failures.ts";
import type { TopologyOptions } from "./topology.ts";
import { encode } from "./wire.ts";
import type { Letter, Raw } from "./wire.ts";

const options: TopologyOptions = {
	namespace: "shop",
	queueType: "classic",
	retryAfterMs: [1_000, 10_000, 60_000, 600_000],
};
const at = new Date("2026-01-02T03:04:05.000Z");
const later = (ms: number) => new Date(at.getTime() + ms);

const delivered = (letter: Pick<Letter, "content" | "properties">): Raw => letter as unknown as Raw;
const message = bellMessage("bell.rang");
const fresh = delivered(encode(message));

const fail = (raw: Raw, error: unknown = new Error("no ink"), moment = at): Letter =>
	afterFailure(options, { service: "bells", consumer: "bells.note", queue: "shop.bells.note", raw, error, at: moment });

/** The letters after so many failures in a row. */
function failures(count: number, error?: unknown, moment?: Date): Letter[] {
	const letters: Letter[] = [];
	for (let raw = fresh; letters.length < count;) {
		const letter = fail(raw, error, moment);
		letters.push(letter);
		raw = delivered(letter);
	}
	return letters;
}

describe("a message that failed", () => {
	it("waits longer after each try, and is a dead letter after the last", () => {
		expect(failures(5).map(({ exchange, routingKey }) => [exchange, routingKey])).toEqual([
			["shop.retry.1000ms", "shop.bells.note"],
			["shop.retry.10000ms", "shop.bells.note"],
			["shop.retry.60000ms", "shop.bells.note"],
			["shop.retry.600000ms", "shop.bells.note"],
			["", "shop.bells.dead"],
		]);
	});

	it("takes along who failed, how often, how, and since when", () => {
		const second = fail(delivered(fail(fresh)), new Error("no paper"), later(5_000));

		expect(historyOf(delivered(second))).toEqual({
			attempts: 2,
			redeliveries: 0,
			consumer: "bells.note",
			error: "Error: no paper",
			firstFailedAt: at,
		});
	});

	it("stays the message it was, and as safe", () => {
		const letter = fail(fresh);

		expect(letter.content).toBe(fresh.content);
		expect(letter.properties).toMatchObject({ persistent: true, mandatory: true, messageId: message.id });
		expect(letter.properties.headers).toMatchObject({ "stoa-name": "bell.rang" });
	});

	it("leaves behind what the broker noted of its way, so that it is not taken for one that runs in circles", () => {
		const headers = { ...fresh.properties.headers, "x-delivery-count": 1, "x-first-death-queue": "somewhere" };
		const letter = fail({ ...fresh, properties: { ...fresh.properties, headers } });

		expect(Object.keys(letter.properties.headers as object).filter((name) => name.startsWith("x-"))).toEqual([]);
	});

	it("does not use up its last try for a database out of reach", () => {
		const busy = new ServiceBusy({ retryAfterSeconds: 1 });

		expect(failures(9, busy).at(-1)).toMatchObject({ exchange: "shop.retry.60000ms" });
		expect(fail(delivered(failures(9, busy).at(-1)!)).exchange).toBe("shop.retry.600000ms");
	});

	it("is a dead letter once the database has been out of reach for a day", () => {
		const busy = new ServiceBusy({ retryAfterSeconds: 1 });
		const old = delivered(failures(9, busy).at(-1)!);

		expect(fail(old, busy, later(24 * 3_600_000 - 1)).routingKey).toBe("shop.bells.note");
		expect(fail(delivered(fail(old)), busy, later(24 * 3_600_000)).routingKey).toBe("shop.bells.dead");
	});

	it("is a dead letter at once when its body is malformed: it would be so each time", () => {
		expect(fail(fresh, new MalformedMessage("is no bell.rang"))).toMatchObject({ routingKey: "shop.bells.dead" });
	});

	it("has an error of bounded length", () => {
		expect(historyOf(delivered(fail(fresh, "x".repeat(5_000)))).error).toHaveLength(1_000);
	});
});

describe("other ways of a message", () => {
	it("goes straight to the dead letters of its service when it cannot be handled at all", () => {
		const letter = toDeadLetters(options, {
			service: "bells",
			consumer: "bells.note",
			queue: "shop.bells.note",
			raw: fresh,
			error: "bad",
			at,
		});

		expect(letter).toMatchObject({ exchange: "", routingKey: "shop.bells.dead" });
	});

	it("goes to the end of its own queue, counted, when the process died with it", () => {
		const once = afterRedelivery("shop.bells.note", fresh);
		const twice = afterRedelivery("shop.bells.note", delivered(once));

		expect(twice).toMatchObject({ exchange: "", routingKey: "shop.bells.note" });
		expect(historyOf(delivered(twice)).redeliveries).toBe(2);
	});

	it("begins its history anew when its headers make no sense", () => {
		const headers = { "stoa-attempts": "many", "stoa-redeliveries": -1, "stoa-first-failed-at": "once" };
		const raw = { ...fresh, properties: { ...fresh.properties, headers } };

		expect(historyOf(raw)).toMatchObject({ attempts: 0, redeliveries: 0, firstFailedAt: undefined });
	});
});
