import { describe, expect, it } from "@jest/globals";
import { categoryFacts, nested, placeCategory, reviseCategory } from "./category.ts";

const category = (id: string, parentId: string | null) => ({ id, name: id, description: null, parentId });
/** root ─ branch ─ leaf, and another root. */
const tree = [category("root", null), category("branch", "root"), category("leaf", "branch"), category("other", null)];

describe("a category", () => {
	it("keeps what was not sent", () => {
		expect(reviseCategory(tree, "branch", { name: "Twig" })).toEqual({ ...category("branch", "root"), name: "Twig" });
		expect(reviseCategory(tree, "branch", { description: "Thin" })).toMatchObject({
			name: "branch",
			description: "Thin",
		});
	});

	it.each([
		["leaf", "root"],
		["branch", "other"],
		["root", "other"],
		["branch", null],
	])("moves %s under %s", (id, parentId) => {
		expect(reviseCategory(tree, id, { parentId })).toMatchObject({ id, parentId });
	});

	it.each([
		["root", "root"],
		["root", "branch"],
		["root", "leaf"],
	])("refuses to move %s under %s, which lies below it", (id, parentId) => {
		expect(() => reviseCategory(tree, id, { parentId })).toThrow(expect.objectContaining({ type: "CATEGORY_CYCLE" }));
	});

	it("lies, with what is below it, no deeper than ten levels", () => {
		const tooDeep = expect.objectContaining({ type: "CATEGORY_TOO_DEEP", data: { maxDepth: 10 } });
		const chain = Array.from({ length: 9 }, (_, index) => category(`${index}`, index === 0 ? null : `${index - 1}`));
		const forest = [...chain, ...tree];

		expect(placeCategory(forest, category("new", "8"))).toMatchObject({ parentId: "8" });
		expect(reviseCategory(forest, "branch", { parentId: "7" })).toMatchObject({ parentId: "7" });
		expect(() => reviseCategory(forest, "branch", { parentId: "8" })).toThrow(tooDeep);
		expect(() => placeCategory([...forest, category("9", "8")], category("new", "9"))).toThrow(tooDeep);
		expect(() => placeCategory(forest, category("new", "gone"))).toThrow(
			expect.objectContaining({ type: "CATEGORY_NOT_FOUND" }),
		);
	});

	it("is shown with what lies below it", () => {
		const leaf = { ...category("leaf", "branch"), children: [] };
		const branch = { ...category("branch", "root"), children: [leaf] };
		expect(nested(tree)).toEqual([
			{ ...category("root", null), children: [branch] },
			{ ...category("other", null), children: [] },
		]);
	});

	it("is not compared with every other one for that", () => {
		const looked = { times: 0 };
		const counting = (id: string, parentId: string | null) =>
			Object.defineProperty(category(id, null), "parentId", { get: () => ((looked.times += 1), parentId) });
		const below = Array.from({ length: 999 }, (_, index) => counting(`${index + 1}`, `${Math.floor(index / 10)}`));

		expect(nested([counting("0", null), ...below])[0]?.children).toHaveLength(10);
		// Once to sort it under its parent, once to show it.
		expect(looked.times).toBe(2_000);
	});

	it("must exist, and so must its parent", () => {
		const notFound = expect.objectContaining({ type: "CATEGORY_NOT_FOUND" });

		expect(() => reviseCategory(tree, "gone", { name: "x" })).toThrow(notFound);
		expect(() => reviseCategory(tree, "leaf", { parentId: "gone" })).toThrow(notFound);
	});

	it("tells which of its fields changed, and nothing when none did", () => {
		const before = category("leaf", "branch");
		const after = { ...before, name: "Needle", parentId: null };
		const now = new Date("2026-01-02T03:04:05Z");

		expect(categoryFacts(before, { ...before }, 2, now)).toEqual([]);
		expect(categoryFacts(before, after, 2, now)).toMatchObject([
			{
				name: "category.updated",
				aggregate: { type: "category", id: "leaf" },
				data: { categoryId: "leaf", name: "Needle", parentId: null, changed: ["name", "parentId"], version: 2 },
			},
		]);
	});
});
