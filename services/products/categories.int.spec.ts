import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import * as contract from "../contracts/products.ts";
import { startProducts } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";

const refusal = (type: string) => expect.objectContaining({ type });

let shop: RunningProducts;
beforeAll(async () => void (shop = await startProducts()));
afterAll(() => shop.stop());

const create = (name: string, parentId: string | null = null) => shop.ask(contract.CreateCategory, { name, parentId });
const update = (id: string, given: object) => shop.ask(contract.UpdateCategory, { id, ...given });
const remove = (id: string) => shop.ask(contract.DeleteCategory, { id });
const list = async () => (await shop.ask(contract.ListCategories, {})).categories;

describe("categories", () => {
	it("are listed by name, as written a moment ago", async () => {
		const pots = await create("Pots");
		const pans = await create("Pans", pots.id);
		expect(await list()).toEqual([pans, pots]);
		expect(pans).toEqual({ id: pans.id, name: "Pans", description: null, parentId: pots.id });

		const revised = await update(pans.id, { name: "Woks", description: "Round", parentId: null });
		expect(await list()).toEqual([pots, revised]);
		expect(await remove(pans.id)).toBeNull();
		expect(await list()).toEqual([pots]);
	});

	it("have names of their own, in any spelling of their letters", async () => {
		await create("Knives");
		const forks = await create("Forks");

		await expect(create("KNIVES")).rejects.toEqual(refusal("CATEGORY_TAKEN"));
		await expect(update(forks.id, { name: "knives" })).rejects.toEqual(refusal("CATEGORY_TAKEN"));
		expect(await update(forks.id, { name: "FORKS" })).toMatchObject({ name: "FORKS" });
	});

	it("lie under categories that exist", async () => {
		const { id } = await create("Cups");

		await expect(create("Mugs", randomUUID())).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
		await expect(update(id, { parentId: randomUUID() })).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
		await expect(update(randomUUID(), { name: "x" })).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
		await expect(remove(randomUUID())).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
	});

	it("never lie under themselves, even when two moves come together", async () => {
		const one = await create("One");
		const two = await create("Two");

		const moves = await Promise.allSettled([
			update(one.id, { parentId: two.id }),
			update(two.id, { parentId: one.id }),
		]);
		expect(moves.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
		expect(moves.find(({ status }) => status === "rejected")).toMatchObject({ reason: { type: "CATEGORY_CYCLE" } });
	});

	it("stay while anything belongs to them", async () => {
		const parent = await create("Parent");
		const child = await create("Child", parent.id);
		const { id } = await shop.product({ categoryId: child.id });

		await expect(remove(parent.id)).rejects.toEqual(refusal("CATEGORY_IN_USE"));
		await expect(remove(child.id)).rejects.toEqual(refusal("CATEGORY_IN_USE"));

		await shop.ask(contract.DeleteProduct, { id });
		expect(await remove(child.id)).toBeNull();
		expect(await remove(parent.id)).toBeNull();
	});
});
