import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import PostalMime from "postal-mime";
import { call } from "../../contracts/action.ts";
import { ping } from "../../contracts/platform.ts";
import { until } from "../../../test/support/wait.ts";
import { orderCancelled, orderCreated, startNotifications, userCreated } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";
import { sendDue } from "./send-due.ts";

let running: RunningNotifications;
let home = "";
const folder = () => join(home, "mail");

beforeAll(async () => {
	home = mkdtempSync(join(tmpdir(), "stoa-mail-"));
	running = await startNotifications({ STOA_HOME: home, MAIL_FROM: "Shop <shop@example.com>" });
});
afterAll(async () => {
	await running.stop();
	rmSync(home, { recursive: true });
});

function newUser(): string {
	const userId = randomUUID();
	running.addresses.set(userId, `${userId}@example.com`);
	return userId;
}

const filesOf = (id: string) => readdirSync(folder()).filter((name) => name.includes(id));

async function mailOf(id: string) {
	const [file = ""] = filesOf(id);
	return { file, ...(await PostalMime.parse(readFileSync(join(folder(), file)))) };
}

describe("the required mails", () => {
	it("greets a new user, in a file that any mail reader opens", async () => {
		const userId = newUser();
		await running.deliver(userCreated(userId));
		const { id } = await running.settled(userId, "sent");

		const mail = await mailOf(id);
		expect(mail.file).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-welcome-[0-9a-f-]{36}\.eml$/);
		expect(mail).toMatchObject({
			subject: "Welcome",
			from: { name: "Shop", address: "shop@example.com" },
			to: [{ address: `${userId}@example.com` }],
			messageId: `<${id}@example.com>`,
		});
		expect(mail.text).toContain("Hello Ada,");
		expect(mail.html).toContain("<p>Hello Ada,</p>");
	});

	it("confirms an order and reports its cancellation", async () => {
		const userId = newUser();
		const orderId = randomUUID();
		await running.deliver(orderCreated(userId, orderId), orderCancelled(userId, orderId));
		await until(async () => (await running.log(userId)).filter(({ status }) => status === "sent").length === 2);

		const mails = await Promise.all((await running.log(userId)).map(({ id }) => mailOf(id)));
		const bySubject = new Map(mails.map((mail) => [mail.subject, mail.text]));
		expect(bySubject.get("Your order is confirmed")).toContain("3 items, 10.50 EUR in total");
		expect(bySubject.get("Your order is cancelled")).toContain("Reason: too late");
	});

	it("publishes that it was sent, with the cause it came from", async () => {
		const userId = newUser();
		await running.deliver(userCreated(userId));
		const { id } = await running.settled(userId, "sent");

		expect(await running.facts(userId)).toMatchObject([
			{ name: "notification.sent", sequence: 1, body: { notificationId: id, template: "welcome", channel: "email" } },
		]);
	});
});

describe("one mail for one business event", () => {
	it("sends one when the same message arrives twice, or another one tells the same", async () => {
		const userId = newUser();
		const orderId = randomUUID();
		const message = orderCreated(userId, orderId);
		await running.deliver(message, message);
		await running.deliver(message, orderCreated(userId, orderId));
		await running.handled();

		const { id } = await running.settled(userId, "sent");
		expect(await running.log(userId)).toHaveLength(1);
		expect(filesOf(id)).toHaveLength(1);
	});

	it("leaves what another sender has taken alone", async () => {
		const users = Array.from({ length: 30 }, newUser);
		await Promise.all([
			running.deliver(...users.map(userCreated)),
			...Array.from({ length: 20 }, () => sendDue(running.service)),
		]);

		for (const userId of users) {
			const { id } = await running.settled(userId, "sent", 1);
			expect(filesOf(id)).toHaveLength(1);
		}
	});
});

describe("the cost of a mail", () => {
	it("is one statement to queue it, and one to record a batch of them", async () => {
		const userId = newUser();
		const from = running.statements.length;
		await running.deliver(orderCreated(userId));
		await running.settled(userId, "sent");

		const counted = (name: string) => running.statements.slice(from).filter((each) => each === name).length;
		expect(counted("notifications.enqueue")).toBe(1);
		expect(counted("notifications.settle")).toBe(1);
	});
});

describe("a user who is gone", () => {
	it("gets no mail, and the notification fails at once", async () => {
		const userId = randomUUID();
		await running.deliver(userCreated(userId));

		await running.settled(userId, "failed", 1);
		expect(await running.facts(userId)).toMatchObject([
			{ name: "notification.failed", body: { reason: "USER_NOT_FOUND" } },
		]);
	});
});

describe("ping", () => {
	it("reaches the database", async () => {
		await expect(call(running.broker, ping("notifications"), {})).resolves.toEqual({ status: "healthy" });
	});
});
