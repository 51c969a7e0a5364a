import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { call } from "../contracts/action.ts";
import type { Meta, Role } from "../contracts/meta.ts";
import { AuthorizePayment, GetPayment, ListPayments } from "../contracts/payments.ts";
import { ping } from "../contracts/platform.ts";
import { startBroker } from "../../test/support/broker.ts";
import { paymentOf, startPayments } from "./payments.fixture.ts";
import type { RunningPayments } from "./payments.fixture.ts";
import payments from "./payments.service.ts";
import type { Effect } from "./providers/journal.ts";

let running: RunningPayments;
let home = "";
beforeAll(async () => {
	home = mkdtempSync(join(tmpdir(), "stoa-payments-"));
	running = await startPayments({ STOA_HOME: home });
});
afterAll(async () => {
	await running.stop();
	rmSync(home, { recursive: true });
});

const as = (userId: string, role: Role = "customer"): { meta: Meta } => ({
	meta: { principal: { userId, role, sessionId: randomUUID() } },
});

describe("get", () => {
	it("answers the owner and an admin, with the version of the payment", async () => {
		const { paymentId: id, orderId, userId, authorize } = paymentOf(running);
		await authorize();
		const owner = as(userId);

		const answer = await call(running.broker, GetPayment, { id }, owner);
		expect(answer).toMatchObject({ id, orderId, userId, amount: 10.5, status: "authorized", refundedAmount: 0 });
		expect(GetPayment.result.parse(answer)).toEqual(answer);
		expect(owner.meta.$version).toBe(2);
		await expect(call(running.broker, GetPayment, { id }, as(randomUUID(), "admin"))).resolves.toEqual(answer);
	});

	it("answers everybody else as if there were no such payment", async () => {
		const { paymentId: id, authorize } = paymentOf(running);
		await authorize();

		for (const options of [as(randomUUID()), as(randomUUID(), "vendor"), {}]) {
			await expect(call(running.broker, GetPayment, { id }, options)).rejects.toMatchObject({
				type: "PAYMENT_NOT_FOUND",
			});
		}
	});

	it("hides a payment that never began", async () => {
		const { paymentId: id, userId, reverse } = paymentOf(running);
		await reverse();

		await expect(call(running.broker, GetPayment, { id }, as(userId))).rejects.toMatchObject({ code: 404 });
	});
});

describe("ofUser", () => {
	it("lists a user's payments, newest first, by page and by cursor", async () => {
		const all = [paymentOf(running), paymentOf(running), paymentOf(running)];
		const userId = randomUUID();
		for (const each of all) await each.authorize("pm_card_visa", { userId });
		const newestFirst = all.map(({ paymentId }) => paymentId).reverse();
		const list = async (paging: object) => call(running.broker, ListPayments, { userId, ...paging }, as(userId));

		const page = await list({ pageSize: 2 });
		expect(page).toMatchObject({ total: 3, page: 1, totalPages: 2 });
		expect(page.rows.map(({ id }) => id)).toEqual(newestFirst.slice(0, 2));
		const first = (await list({ limit: 2 })) as { nextCursor: string };
		const rest = await list({ cursor: first.nextCursor, limit: 2 });
		expect(rest).toMatchObject({ rows: [{ id: newestFirst[2] }], nextCursor: null });
	});

	it("shows nothing to another customer", async () => {
		const { userId, authorize } = paymentOf(running);
		await authorize();

		const seen = await call(running.broker, ListPayments, { userId }, as(randomUUID()));
		expect(seen).toMatchObject({ rows: [], total: 0 });
	});
});

describe("ping", () => {
	it("reaches the database", async () => {
		await expect(call(running.broker, ping("payments"), {})).resolves.toEqual({ status: "healthy" });
	});
});

describe("the test provider of a node", () => {
	it("keeps its effects in the data folder", async () => {
		const node = await startBroker([payments]);
		const paymentId = running.service.newId();
		const ids = { paymentId, orderId: randomUUID(), userId: randomUUID() };
		const terms = { amountCents: 700, currency: "EUR", method: "pm_card_visa" };
		await call(node, AuthorizePayment, { ...ids, ...terms });
		await node.stop();

		const lines = readFileSync(join(home, "payments", "test-provider.jsonl"), "utf8")
			.trimEnd()
			.split("\n");
		expect(lines.map((line) => JSON.parse(line) as Effect)).toMatchObject([
			{ key: `${paymentId}:authorize`, kind: "authorized", amountCents: 700 },
		]);
	});
});
