import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import PostalMime from "postal-mime";
import { call } from "../../contracts/action.ts";
import { ping } from "../../contracts/platform.ts";
import { until } from "../../../test/support/wait.ts";
import {
	lowStock,
	mailWanted,
	orderCancelled,
	orderCreated,
	orderReturned,
	refunded,
	userCreated,
} from "../facts.fixture.ts";
import { startNotifications } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";

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

const filesOf = (id: string) => readdirSync(folder()).filter((name) => name.includes(id));

async function mailOf(id: string) {
	const [file = ""] = filesOf(id);
	return { file, ...(await PostalMime.parse(readFileSync(join(folder(), file)))) };
}

/** The mails that a user has got, by their subject, once there are so many. */
async function mailsTo(userId: string, count: number) {
	const sent = async () => (await running.log(userId)).filter(({ status }) => status === "sent");
	await until(async () => (await sent()).length === count, { what: `${count} mails` });
	const mails = await Promise.all((await sent()).map(({ id }) => mailOf(id)));
	return new Map(mails.map((mail) => [mail.subject, mail.text]));
}

describe("the required mails", () => {
	it("greets a new user, in a file that any mail reader opens", async () => {
		const userId = running.newUser();
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

	it("tells of an order: that it is confirmed, cancelled, returned", async () => {
		const userId = running.newUser();
		const orderId = randomUUID();
		const facts = [orderCreated, orderCancelled, orderReturned].map((fact) => fact(userId, orderId));
		await running.deliver(...facts);

		const mails = await mailsTo(userId, 3);
		expect(mails.get("Your order is confirmed")).toContain("3 items, 10.50 EUR in total");
		expect(mails.get("Your order is cancelled")).toContain("Reason: too late");
		expect(mails.get("We have your return")).toContain(orderId);
	});

	it("tells of each refund once, whichever fact comes first", async () => {
		const userId = running.newUser();
		const [early, late] = [randomUUID(), randomUUID()];
		const before = refunded(early, 1);
		await running.deliver(before);
		await running.handled();
		await running.deliver(orderCreated(userId, early), orderCreated(userId, late));
		await running.handled();
		await running.deliver(refunded(late, 2), refunded(early, 3), before);
		await running.handled();

		await until(async () => (await running.log(userId)).filter(({ status }) => status === "sent").length === 5);
		const refunds = (await running.log(userId)).filter((row) => row.notification_type === "refund");
		expect(refunds.map(({ variables }) => (variables as { amount: number }).amount).sort()).toEqual([1, 2, 3]);
	});

	it("warns a vendor by the product's name, and nobody of the shop's own products or of one that is gone", async () => {
		const vendorId = running.newUser();
		const productId = randomUUID();
		running.products.set(productId, "Brass lamp");
		await running.deliver(lowStock(productId, vendorId), lowStock(productId, null), lowStock(randomUUID(), vendorId));

		expect((await mailsTo(vendorId, 1)).get("Stock is low: Brass lamp")).toContain(
			"Brass lamp (SKU-1) 2 can still be sold",
		);
		await until(async () => (await running.log(vendorId)).some(({ reason }) => reason === "PRODUCT_NOT_FOUND"));
		expect(await running.log(vendorId)).toHaveLength(2);
	});

	it("publishes that it was sent, with the cause it came from", async () => {
		const userId = running.newUser();
		await running.deliver(userCreated(userId));
		const { id } = await running.settled(userId, "sent");

		expect(await running.facts(userId)).toMatchObject([
			{ name: "notification.sent", sequence: 1, body: { notificationId: id, template: "welcome", channel: "email" } },
		]);
	});
});

describe("a mail that somebody puts into the queue email.notifications", () => {
	it("has a link in it that is nowhere else", async () => {
		const userId = running.newUser({ isActive: false });
		const tokenId = randomUUID();
		running.links.set(tokenId, "https://shop.example/account#secret-token");
		await running.deliver(mailWanted({ userId, template: "reset-password", variables: { tokenId } }));

		const mails = await mailsTo(userId, 1);
		expect(mails.get("Set a new password")).toContain("https://shop.example/account#secret-token/reset-password");
		expect(mails.get("Set a new password")).toContain("until 2026-03-01 12:00 UTC");
		expect(JSON.stringify(await running.log(userId))).not.toContain("secret-token");
	});

	it("is suppressed when its link has ended meanwhile", async () => {
		const userId = running.newUser();
		await running.deliver(mailWanted({ userId, template: "verify-email", variables: { tokenId: randomUUID() } }));

		expect(await running.settled(userId, "suppressed", 1)).toMatchObject({ reason: "LINK_ENDED" });
		expect(await running.facts(userId)).toEqual([]);
	});

	it("goes to an address, which is forgotten once it is sent", async () => {
		const message = mailWanted({ to: "eve@example.com", template: "welcome", variables: {} });
		await running.deliver(message, message);
		const [row] = await until(async () => {
			const rows = await running.logOf(message.id);
			return rows.every(({ status }) => status === "sent") && rows.length > 0 && rows;
		});

		expect((await mailOf(row!.id)).to).toEqual([{ address: "eve@example.com", name: "" }]);
		expect(await running.logOf(message.id)).toMatchObject([{ user_id: null, recipient: null }]);
	});

	it.each([
		["of a template that nobody knows", { template: "farewell" }, "TEMPLATE_NOT_FOUND"],
		["without what the template needs", { template: "order-confirmed" }, "VARIABLES_INVALID"],
	])("fails when it is one %s", async (_what, mail, reason) => {
		const userId = running.newUser();
		await running.deliver(mailWanted({ userId, variables: {}, ...mail }));

		expect(await running.settled(userId, "failed", 1)).toMatchObject({ reason });
		expect(await running.facts(userId)).toMatchObject([{ name: "notification.failed", body: { reason } }]);
	});

	it("never sends a link to an address", async () => {
		const message = mailWanted({
			to: "eve@example.com",
			template: "reset-password",
			variables: { tokenId: randomUUID() },
		});
		await running.deliver(message);
		await until(async () => (await running.logOf(message.id)).some(({ reason }) => reason === "LINK_NEEDS_USER"));
	});
});

describe("one mail for one business event", () => {
	it("sends one when the same message arrives twice, or another one tells the same", async () => {
		const userId = running.newUser();
		const orderId = randomUUID();
		const message = orderCreated(userId, orderId);
		await running.deliver(message, message);
		await running.deliver(message, orderCreated(userId, orderId));
		await running.handled();

		const { id } = await running.settled(userId, "sent");
		expect(await running.log(userId)).toHaveLength(1);
		expect(filesOf(id)).toHaveLength(1);
	});
});

describe("the cost of a mail", () => {
	it("is one statement to queue it, one to learn all about it, and one to record a batch of them", async () => {
		const userId = running.newUser();
		const from = running.statements.length;
		await running.deliver(orderCreated(userId));
		await running.settled(userId, "sent");

		const counted = (name: string) => running.statements.slice(from).filter((each) => each === name).length;
		expect(counted("notifications.enqueue")).toBe(1);
		expect(counted("notifications.brief")).toBe(1);
		expect(counted("notifications.settle")).toBe(1);
	});
});

describe("a user", () => {
	it("who is gone gets no mail, and the notification fails at once", async () => {
		const userId = randomUUID();
		await running.deliver(userCreated(userId));

		await running.settled(userId, "failed", 1);
		expect(await running.facts(userId)).toMatchObject([
			{ name: "notification.failed", body: { reason: "USER_NOT_FOUND" } },
		]);
	});

	it("without an address any more gets no mail", async () => {
		const userId = running.newUser({ email: null });
		await running.deliver(userCreated(userId));
		expect(await running.settled(userId, "suppressed")).toMatchObject({ reason: "NO_EMAIL" });
	});
});

describe("ping", () => {
	it("reaches the database", async () => {
		await expect(call(running.broker, ping("notifications"), {})).resolves.toEqual({ status: "healthy" });
	});
});
