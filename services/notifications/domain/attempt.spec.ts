import { describe, expect, it } from "@jest/globals";
import { NotificationFailed, NotificationSent } from "../../contracts/notifications.ts";
import { settle } from "./attempt.ts";
import type { Taken } from "./attempt.ts";

const NOW = new Date("2026-03-01T10:00:00.000Z");
const MIDDLE = 0.5;
const taken = (attempts = 1, postponed = 0): Taken => ({
	id: "0197c5b0-0000-7000-8000-000000000001",
	userId: "0197c5b0-0000-7000-8000-000000000002",
	recipient: null,
	template: "welcome",
	channel: "email",
	variables: {},
	isTest: false,
	locale: null,
	attempts,
	postponed,
	correlationId: null,
	causationId: "m-1",
});
const written = { locale: "en", templateVersion: 1, recipientHash: "f00" } as const;
const sent = { outcome: "sent", provider: "smtp", reference: null, ...written } as const;
const deferred = { outcome: "deferred", reason: "RETRIES_EXHAUSTED", detail: "451 come back later" } as const;

describe("settle", () => {
	it("publishes what was sent", () => {
		const { status, events, sent: kept } = settle(taken(), sent, NOW, MIDDLE);

		expect(status).toBe("sent");
		expect(kept).toMatchObject({ provider: "smtp", locale: "en", templateVersion: 1 });
		expect(events).toMatchObject([{ name: "notification.sent", data: { template: "welcome", channel: "email" } }]);
		expect(NotificationSent.schema.safeParse(events[0]?.data).success).toBe(true);
	});

	it("fails at once what was refused for good, and keeps the server's words to itself", () => {
		const refused = { outcome: "refused", reason: "SMTP_554", detail: "554 no relaying for ada@example.com" } as const;
		const { status, detail, reason, events } = settle(taken(), refused, NOW, MIDDLE);

		expect({ status, detail, reason }).toEqual({ status: "failed", detail: refused.detail, reason: "SMTP_554" });
		expect(events).toMatchObject([{ name: "notification.failed", data: { reason: "SMTP_554" } }]);
		expect(JSON.stringify(events)).not.toContain("ada@example.com");
		expect(NotificationFailed.schema.safeParse(events[0]?.data).success).toBe(true);
	});

	it("suppresses a recipient that bounced, and tells that it failed", () => {
		const bounced = { outcome: "bounced", reason: "SMTP_550", detail: "550", recipientHash: "f00" } as const;
		const { status, suppresses, events } = settle(taken(), bounced, NOW, MIDDLE);

		expect({ status, suppresses }).toEqual({ status: "bounced", suppresses: "f00" });
		expect(events).toMatchObject([{ name: "notification.failed", data: { reason: "SMTP_550" } }]);
	});

	it("tells nobody of what was not wanted", () => {
		const { status, reason, events } = settle(taken(), { outcome: "suppressed", reason: "NOT_WANTED" }, NOW, MIDDLE);
		expect({ status, reason, events }).toEqual({ status: "suppressed", reason: "NOT_WANTED", events: [] });
	});

	it("puts off what comes at the wrong time, which is no try", () => {
		const until = new Date("2026-03-01T10:30:00.000Z");
		expect(settle(taken(), { outcome: "postponed", until }, NOW, MIDDLE)).toMatchObject({
			status: "queued",
			isPostponed: true,
			retryAfterMs: 1_800_000,
			events: [],
		});
		expect(settle(taken(6, 5), deferred, NOW, MIDDLE)).toMatchObject({ status: "queued", retryAfterMs: 10_000 });
	});

	it("waits after what was deferred and publishes nothing, four times", () => {
		const waits = [1, 2, 3, 4].map((attempts) => settle(taken(attempts), deferred, NOW, MIDDLE));
		expect(waits.map(({ status, retryAfterMs }) => [status, retryAfterMs])).toEqual([
			["queued", 10_000],
			["queued", 60_000],
			["queued", 600_000],
			["queued", 3_600_000],
		]);
		expect(waits.flatMap(({ events }) => events)).toEqual([]);
	});

	it("gives up after the fifth try", () => {
		expect(settle(taken(5), deferred, NOW, MIDDLE)).toMatchObject({
			status: "failed",
			events: [{ name: "notification.failed", data: { reason: "RETRIES_EXHAUSTED" } }],
		});
	});
});
