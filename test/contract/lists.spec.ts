import { beforeAll, expect, it } from "@jest/globals";
import { z } from "zod";
import { ACTIONS } from "../../services/contracts/catalogue.ts";
import type { PublishedAction } from "../../services/gateway/gateway.context.ts";
import { publishedActions } from "./published.ts";

/** What every list takes, and the two forms that it answers. */
const PAGING = ["page", "pageSize", "cursor", "limit"];
const FORMS = [
	["rows", "total", "page", "pageSize", "totalPages"],
	["rows", "nextCursor"],
];

/** Short by their nature; and what is gathered from all services, by cursor alone. */
const NO_LISTS = ["users.jwks", "gateway.services", "products.recommendations"];
const GATHERED = ["gateway.deadLetters", "gateway.sagas"];

interface Shape {
	readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
	readonly required?: readonly string[];
	readonly anyOf?: readonly Shape[];
}

let reads: PublishedAction[];
beforeAll(async () => {
	const published = await publishedActions();
	reads = published.filter(({ rest = [] }) => [rest].flat().some((line) => line.startsWith("GET ")));
});

const shapeOf = (type: z.ZodType, io: "input" | "output") =>
	z.toJSONSchema(type, { io, unrepresentable: "any" }) as Shape;
const contractOf = ({ name }: PublishedAction) => ACTIONS.get(name)!;
const formsOf = (action: PublishedAction): readonly Shape[] => {
	const shape = shapeOf(contractOf(action).result, "output");
	return shape.anyOf ?? [shape];
};

/** Rows and what is told of them, or one array with nothing beside it. */
const isList = ({ properties = {} }: Shape): boolean => {
	const [first, ...others] = Object.values(properties);
	const main = others.length === 0 ? first : properties["rows"];
	return main?.type === "array";
};

const has = (names: readonly string[], all: readonly string[] = []) => names.every((name) => all.includes(name));

const isPaged = (action: PublishedAction): boolean =>
	has(PAGING, Object.keys(shapeOf(contractOf(action).params, "input").properties ?? {})) &&
	FORMS.every((form) => formsOf(action).some(({ required }) => has(form, required)));

it("every list is read by page and by cursor", () => {
	const lists = reads.filter((action) => formsOf(action).some(isList));
	const others = lists.filter((action) => !isPaged(action));

	expect(lists.length).toBeGreaterThan(15);
	expect(others.map(({ name }) => name).toSorted()).toEqual([...NO_LISTS, ...GATHERED].toSorted());
});
