import { describe, expect, it } from "@jest/globals";
import { NotificationFailed, NotificationSent } from "../../contracts/notifications.ts";
import { RETRY_AFTER_MS, settle } from "./attempt.ts";
import type { Taken } from "./attempt.ts";

const NOW = new Date("2026-03-01T10:00:00.000Z");
const taken = (attempts = 1): Taken => ({
	id: "0197c5b0-0000-7000-8000-000000000001",
	userId: "0197c5b0-0000-7000-8000-000000000002",
	template: "welcome",
	channel: "email",
	variables: {},
	attempts,
	correlationId: null,
	causationId: "m-1",
});
const deferred = { outcome: "deferred", reason: "RETRIES_EXHAUSTED", detail: "421 come back later" } as const;

describe("settle", () => {
	it("publishes what was sent", () => {
		const { status, events } = settle(taken(), { outcome: "sent" }, NOW);

		expect(status).toBe("sent");
		expect(events).toMatchObject([{ name: "notification.sent", data: { template: "welcome", channel: "email" } }]);
		expect(NotificationSent.schema.safeParse(events[0]?.data).success).toBe(true);
	});

	it("fails at once what was refused for good, and keeps the server's words to itself", () => {
		const refused = { outcome: "refused", reason: "SMTP_550", detail: "550 no such user ada@example.com" } as const;
		const { status, detail, events } = settle(taken(), refused, NOW);

		expect({ status, detail }).toEqual({ status: "failed", detail: refused.detail });
		expect(events).toMatchObject([{ name: "notification.failed", data: { reason: "SMTP_550" } }]);
		expect(JSON.stringify(events)).not.toContain("ada@example.com");
		expect(NotificationFailed.schema.safeParse(events[0]?.data).success).toBe(true);
	});

	it.each(RETRY_AFTER_MS.map((retryAfterMs, index) => [index + 1, retryAfterMs]))(
		"waits after attempt %i for %i ms and publishes nothing",
		(attempts, retryAfterMs) => {
			expect(settle(taken(attempts), deferred, NOW)).toMatchObject({ status: "queued", retryAfterMs, events: [] });
		},
	);

	it("gives up after the fifth attempt", () => {
		expect(settle(taken(5), deferred, NOW)).toMatchObject({
			status: "failed",
			events: [{ name: "notification.failed", data: { reason: "RETRIES_EXHAUSTED" } }],
		});
	});
});
