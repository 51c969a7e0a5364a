import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { until } from "../../test/support/wait.ts";
import { startProducts } from "../../services/products/products.fixture.ts";
import type { RunningProducts } from "../../services/products/products.fixture.ts";
import { openOrderStore, stored } from "../../services/orders/storage/order-store.fixture.ts";
import type { OrderStore } from "../../services/orders/storage/order-store.fixture.ts";
import { statement } from "../../mixins/sql/database.ts";
import type { CatalogueEntry } from "../../services/contracts/browsing.ts";
import { run } from "./rebuild.ts";

describe("stoa rebuild", () => {
	let home: string;
	let shop: RunningProducts;
	let lines: string[];

	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), "stoa-rebuild-"));
		shop = await startProducts({ STOA_HOME: home }, { isDelivering: true });
		lines = [];
		jest.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
		const { id } = await shop.product({ name: "Lamp" });
		await until(() => shop.service.catalogue.get(id));
	});
	afterEach(() => {
		lines = [];
		process.exitCode = undefined;
	});
	afterAll(async () => {
		jest.restoreAllMocks();
		await shop.stop();
		await rm(home, { recursive: true });
	});

	const nobodys = { id: "nobody", name: "Nobody's", price: 1 } as CatalogueEntry;
	const spoil = () => shop.service.catalogue.put(nobodys.id, 1, nobodys);

	it("says that everything is as it should be, beside the running service", async () => {
		await run(["catalogue", "--trial"]);

		expect(lines.at(-1)).toContain("1 of 1 products are on sale");
		expect(lines.at(-1)).toContain("Every document was as it should be.");
		expect(process.exitCode).toBeUndefined();
	});

	it("counts what differs, which fails a trial", async () => {
		await spoil();
		await run(["catalogue", "--trial"]);

		expect(lines.at(-1)).toContain(
			"1 differed: 0 behind (older, or missing), 0 with other contents, 1 of products that",
		);
		expect(process.exitCode).toBe(1);
		expect(await shop.service.catalogue.count()).toBe(2);
	});

	it("puts it right", async () => {
		await spoil();
		await run(["catalogue"]);

		expect(lines).toContain("Rebuilding the catalogue in PostgreSQL.");
		expect(lines.at(-1)).toContain("1 differed");
		expect(process.exitCode).toBeUndefined();
		expect(await shop.service.catalogue.count()).toBe(1);
	});

	it.each([[], ["payments"], ["constructor"], ["catalogue", "--now"]])(
		"explains itself when it is asked for %s %s",
		async (...asked) => {
			await expect(run(asked)).rejects.toThrow("Usage: bin/stoa rebuild catalogue|orders [--trial]");
		},
	);
});

describe("stoa rebuild orders", () => {
	let store: OrderStore;
	const lines: string[] = [];

	beforeAll(async () => {
		store = await openOrderStore();
		process.env.ORDER_DATABASE_URL = store.url;
		jest.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
	});
	afterEach(() => {
		process.exitCode = undefined;
	});
	afterAll(async () => {
		jest.restoreAllMocks();
		delete process.env.ORDER_DATABASE_URL;
		await store.close();
	});

	it("names what differs, which fails a trial, and puts it right", async () => {
		const { order } = await stored(store.db);
		await run(["orders", "--trial"]);
		expect(lines.at(-1)).toContain("All 1 orders are what their events tell.");
		expect(process.exitCode).toBeUndefined();

		await store.db.query(statement("spec.spoil", "update orders set status = 'shipped'"));
		await run(["orders", "--trial"]);
		expect(lines.at(-1)).toContain(`order ${order.id} its events tell otherwise of status`);
		expect(process.exitCode).toBe(1);

		process.exitCode = undefined;
		await run(["orders"]);
		expect(lines.at(-1)).toContain("1 of 1 orders differed: 1 in their row");
		expect(process.exitCode).toBeUndefined();
		await run(["orders", "--trial"]);
		expect(process.exitCode).toBeUndefined();
	});
});
