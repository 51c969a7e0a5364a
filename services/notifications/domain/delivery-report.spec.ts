import { describe, expect, it } from "@jest/globals";
import { NOTIFICATION_STATUSES, NotificationFailed, NotificationSent } from "../../contracts/notifications.ts";
import { DELIVERED, learn } from "./delivery-report.ts";
import type { Fate, Reported } from "./delivery-report.ts";

const NOW = new Date("2026-03-01T10:00:00.000Z");
const LOST: Fate = { status: "bounced", reason: "DSN_5.1.1", detail: "5.1.1", isSuppressing: true };

const notification = (status: Reported["status"]): Reported => ({
	id: "0197c5b0-0000-7000-8000-000000000001",
	userId: "0197c5b0-0000-7000-8000-000000000002",
	channel: "email",
	template: "refund",
	status,
});
const told = (fate: Fate, status: Reported["status"]) => learn(notification(status), fate, NOW);

describe("a report", () => {
	it("of a delivery is no fact for others", () => {
		expect(told(DELIVERED, "sent")).toEqual({ fate: DELIVERED, events: [] });
	});

	it("of a loss is told to others", () => {
		const learned = told(LOST, "sent");
		expect(learned).toMatchObject({ fate: LOST, events: [{ name: "notification.failed" }] });
		const [failed] = learned?.events ?? [];
		expect(failed?.data).toMatchObject({ reason: "DSN_5.1.1", channel: "email", template: "refund" });
		expect(NotificationFailed.schema.safeParse(failed?.data).success).toBe(true);
	});

	it("that is faster than the word of the sending stands for it", () => {
		const names = (fate: Fate) => told(fate, "queued")?.events.map(({ name }) => name);
		expect(names(DELIVERED)).toEqual(["notification.sent"]);
		expect(names(LOST)).toEqual(["notification.sent", "notification.failed"]);
		const [sent] = told(DELIVERED, "queued")?.events ?? [];
		expect(NotificationSent.schema.safeParse(sent?.data).success).toBe(true);
	});

	it.each(NOTIFICATION_STATUSES.filter((status) => status !== "sent" && status !== "queued"))(
		"takes nothing back of one that is %s",
		(status) => {
			for (const fate of [DELIVERED, LOST]) expect(told(fate, status)).toBeUndefined();
		},
	);
});
