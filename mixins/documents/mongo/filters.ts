import type { Condition, Plan } from "../query.ts";

const OPERATORS = { is: "$eq", min: "$gte", max: "$lte" } as const;

const pathOf = (field: string): string => `document.${field}`;

/** Names come from the collection and values are scalars behind an operator: nothing else reaches MongoDB. */
export function filterOf(conditions: readonly Condition[]): object {
	const asked = conditions.map(({ field, test, value }) => ({ [pathOf(field)]: { [OPERATORS[test]]: value } }));
	return { $and: [{ document: { $exists: true } }, ...asked] };
}

/** The filter of a page, its place included. */
export function pageFilter({ conditions, order, after }: Plan): object {
	return { $and: [filterOf(conditions), ...bounds(order)(after)] };
}

export function sortOf({ order: { field, isDescending } }: Plan): string[] {
	const sign = isDescending ? "-" : "";
	return [...(field === null ? [] : [`${sign}${pathOf(field)}`]), `${sign}_id`];
}

/** A comparison reaches values of its own type only, so that the index is read from where documents begin, behind all tombstones. */
const bounds =
	({ field, kind, isDescending }: Plan["order"]) =>
	(after: Plan["after"]): object[] => {
		const beyond = isDescending ? "$lt" : "$gt";
		if (field === null) return after === null ? [] : [{ _id: { [beyond]: after.id } }];

		const path = pathOf(field);
		if (after === null) return [{ [path]: { $gte: kind === "number" ? -Infinity : "" } }];
		return [
			{ [path]: { [`${beyond}e`]: after.value } },
			{ $or: [{ [path]: { [beyond]: after.value } }, { [path]: { $eq: after.value }, _id: { [beyond]: after.id } }] },
		];
	};
