import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { until } from "../../test/support/wait.ts";
import { inMinutes, startProducts } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";

let shop: RunningProducts;
beforeAll(async () => {
	shop = await startProducts({ RESERVATION_SWEEP_SECONDS: "0.02", RESERVATION_GRACE_SECONDS: "0" });
});
afterAll(() => shop.stop());

it("gives expired holds back without being asked to", async () => {
	const { id } = await shop.product();
	await shop.hold({ lines: [{ productId: id, quantity: 4 }], expiresAt: inMinutes(-1) });

	await until(async () => (await shop.stockOf(id)).available === 10, { what: "the sweep" });
	expect(await shop.stockOf(id)).toMatchObject({ reserved: 0, sold: 0 });
});

it("forgets the answers of old operations", async () => {
	expect(shop.statements).toContain("operations.purge");
});
