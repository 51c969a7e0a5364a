import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { keepMetrics, metricsOf } from "../../../mixins/metrics/registry.ts";
import { until } from "../../../test/support/wait.ts";
import { SetPreferences } from "../../contracts/notification-preferences.ts";
import { lowStock, userCreated } from "../facts.fixture.ts";
import { startNotifications } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";

let running: RunningNotifications;

beforeAll(async () => {
	// Nobody listens there.
	running = await startNotifications({ SMTP_HOST: "127.0.0.1", SMTP_PORT: "1" });
	keepMetrics(running.broker);
});
afterAll(() => running.stop());

const counted = () =>
	(metricsOf(running.broker)?.all() ?? [])
		.filter(({ name }) => name === "stoa_notifications_total")
		.flatMap((metric) => metric.get().values.map(({ labels, value }) => [labels.status, value] as const));

it("counts what waits for the end of quiet hours apart from what was tried in vain", async () => {
	const userId = running.newUser();
	const productId = randomUUID();
	running.products.set(productId, "Lamp");
	// Quiet at this moment, whenever that is.
	const clock = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
	const quietHours = { from: clock(-1), to: clock(2) };
	await running.ask(SetPreferences, { userId, quietHours, timezone: "UTC" });
	await running.deliver(lowStock(productId, userId), userCreated(userId));

	await until(() => counted().length === 2, { what: "both attempts to be counted" });
	expect(new Map(counted())).toEqual(
		new Map([
			["queued", 1],
			["postponed", 1],
		]),
	);
});
