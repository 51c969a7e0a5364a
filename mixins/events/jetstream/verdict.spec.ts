import { describe, expect, it } from "@jest/globals";
import { ServiceBusy } from "../../../services/contracts/errors.ts";
import { MalformedMessage } from "../fact.ts";
import { RETRY_AFTER_MS } from "../inbox.ts";
import { connectionOptions } from "./connection.ts";
import { names } from "./names.ts";
import { isKiller, retryAfter } from "./verdict.ts";

describe("a delivery that failed", () => {
	const error = new Error("cannot read it");
	const after = (deliveries: number) => retryAfter({ error, deliveries, ageMs: 0 }, RETRY_AFTER_MS);

	it("is tried again after 1 s, 10 s, 60 s and 10 min, then given up", () => {
		expect([1, 2, 3, 4, 5].map(after)).toEqual([1_000, 10_000, 60_000, 600_000, undefined]);
	});

	it("is given up at once when its body is malformed: it would be so each time", () => {
		const malformed = new MalformedMessage("is no bell.rang");

		expect(retryAfter({ error: malformed, deliveries: 1, ageMs: 0 }, RETRY_AFTER_MS)).toBeUndefined();
	});

	it("for want of a database is tried each minute, for a day", () => {
		const busy = new ServiceBusy({ retryAfterSeconds: 1 });
		const hours = (ageHours: number) =>
			retryAfter({ error: busy, deliveries: 900, ageMs: ageHours * 3_600_000 }, RETRY_AFTER_MS);

		expect([hours(1), hours(23), hours(25)]).toEqual([60_000, 60_000, undefined]);
	});
});

describe("a message that comes again and again", () => {
	it("may be what ends the process when it comes faster than any wait", () => {
		expect(isKiller(20, 300_000)).toBe(false);
		expect(isKiller(30, 450_000)).toBe(true);
	});

	it("is not, while it waits for a database that is out of reach for hours", () => {
		const minutes = [1, 10, 60, 600, 1_440];

		expect(minutes.filter((minute) => isKiller(minute + 3, minute * 60_000))).toEqual([]);
	});
});

describe("the addresses of NATS", () => {
	it("give user and password apart, as its client wants them", () => {
		expect(connectionOptions(["nats://stoa:p%40ss@one:4222", "nats://stoa:p%40ss@two:4222"])).toMatchObject({
			servers: ["one:4222", "two:4222"],
			user: "stoa",
			pass: "p@ss",
		});
	});

	it("ask for TLS by tls://, and for no credentials without any", () => {
		expect(connectionOptions(["tls://one:4222"])).toMatchObject({ tls: {} });
		expect(connectionOptions(["nats://one:4222"])).not.toHaveProperty("tls");
		expect(connectionOptions(["nats://one:4222"])).not.toHaveProperty("user");
	});
});

describe("names in JetStream", () => {
	it("have no dots where it allows none", () => {
		expect(names("stoa.eu")).toMatchObject({ stream: "stoa_eu_facts", canaries: "stoa_eu_canaries" });
		expect(names("stoa").consumer("orders.recordRefund")).toBe("orders_recordRefund");
	});
});
