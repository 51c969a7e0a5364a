import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import * as contract from "../contracts/categories.ts";
import { DeleteProduct } from "../contracts/products.ts";
import type { Meta } from "../contracts/meta.ts";
import { ADMIN, startProducts } from "./products.fixture.ts";
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

	it("are found by their id, each at its version", async () => {
		const meta: Meta = {};
		const bowls = await create("Bowls");
		await update(bowls.id, { description: "Deep" });

		expect(await shop.ask(contract.GetCategory, { id: bowls.id }, meta)).toEqual({ ...bowls, description: "Deep" });
		expect(meta.$version).toBe(2);
		await expect(shop.ask(contract.GetCategory, { id: randomUUID() })).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
	});

	it("are not changed or removed by somebody who has seen another version", async () => {
		const { id } = await create("Plates");
		const meta = (expectedVersion: number) => ({ principal: ADMIN, expectedVersion });
		const rename = (name: string, version: number) => shop.ask(contract.UpdateCategory, { id, name }, meta(version));
		const [seen, same] = [meta(1) as Meta, meta(2) as Meta];

		await shop.ask(contract.UpdateCategory, { id, name: "Dishes" }, seen);
		await shop.ask(contract.UpdateCategory, { id, name: "Dishes" }, same);
		expect([seen.$version, same.$version]).toEqual([2, 2]);
		await expect(rename("Saucers", 1)).rejects.toEqual(refusal("PRECONDITION_FAILED"));
		await expect(shop.ask(contract.DeleteCategory, { id }, meta(1))).rejects.toEqual(refusal("PRECONDITION_FAILED"));
		expect(await shop.ask(contract.DeleteCategory, { id }, meta(2))).toBeNull();
	});

	it("make a tree, in which what lies below a category moves along with it", async () => {
		const ids = (nodes: readonly contract.CategoryNode[], name: string): unknown =>
			nodes.filter((node) => node.name === name).map(({ children = [] }) => children.map((child) => child.name));
		const treeOf = async (name: string) =>
			ids((await shop.ask(contract.ListCategories, { tree: "true" })).categories, name);
		const [oak, elm] = [await create("Oak"), await create("Elm")];
		const branch = await create("Branch", oak.id);
		await create("Leaf", branch.id);
		expect([await treeOf("Oak"), await treeOf("Elm")]).toEqual([[["Branch"]], [[]]]);

		await update(branch.id, { parentId: elm.id });
		expect([await treeOf("Oak"), await treeOf("Elm")]).toEqual([[[]], [["Branch"]]]);
	});

	it("lie no deeper than ten levels, even when two moves come together", async () => {
		const chain = async (name: string, length: number) => {
			const made: contract.Category[] = [];
			for (let level = 1; level <= length; level += 1)
				made.push(await create(`${name} ${level}`, made.at(-1)?.id ?? null));
			return made;
		};
		const [upper, lower] = [await chain("Upper", 10), await chain("Lower", 2)];
		await expect(create("Upper 11", upper[9]!.id)).rejects.toEqual(refusal("CATEGORY_TOO_DEEP"));
		await expect(update(lower[0]!.id, { parentId: upper[8]!.id })).rejects.toEqual(refusal("CATEGORY_TOO_DEEP"));

		const add = () => create("Lower 3", lower[1]!.id);
		const moves = [add(), update(lower[0]!.id, { parentId: upper[7]!.id })];
		const ends = await Promise.allSettled(moves);
		expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
	});

	it("stay while anything belongs to them", async () => {
		const parent = await create("Parent");
		const child = await create("Child", parent.id);
		const { id } = await shop.product({ categoryId: child.id });

		await expect(remove(parent.id)).rejects.toEqual(refusal("CATEGORY_IN_USE"));
		await expect(remove(child.id)).rejects.toEqual(refusal("CATEGORY_IN_USE"));

		await shop.ask(DeleteProduct, { id });
		expect(await remove(child.id)).toBeNull();
		expect(await remove(parent.id)).toBeNull();
	});
});
